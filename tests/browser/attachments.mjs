// Files of papers, from the list of papers to the receipt, over a link that is cut again and again.
// In: an Order with `journeys: [{id, service, lang, type, files: [[paper, [path, …]], …], cut, killed}]`, `killed` being whether the page is closed
// while its files are on their way, `relay`, its host and port, and
// `cut`, after how many bytes to the relay each connection breaks (0: never).
// Out: [{id, reference, receipt, download, cuts, complaints} | {id, failure, picture}].

import { connect, createServer } from 'node:net'
import { Form, anotherPage, openPage, picture, readOrder, withBrowser } from './driver.mjs'

/** A link to the relay that breaks after so many bytes on their way there. */
class Link {
  cut = 0
  cuts = 0

  /** @param {string} relay - host and port */
  static async to(relay) {
    const [host = '', port] = relay.split(':')
    const link = new Link()
    const server = createServer(person => {
      const other = connect(Number(port), host)
      let sent = 0
      person.on('data', some => {
        sent += some.length
        if (!other.write(some)) person.pause()
        if (!link.cut || sent < link.cut) return
        link.cuts++
        // What was written so far arrives, as on a line that dies.
        other.end(() => other.destroy())
        person.resetAndDestroy()
      })
      other.on('drain', () => person.resume())
      other.on('data', some => person.write(some))
      for (const [one, another] of [[person, other], [other, person]]) {
        one.on('error', () => another.destroy())
        one.on('close', () => another.destroy())
      }
    })
    await new Promise(done => server.listen(0, '127.0.0.1', () => done(undefined)))
    link.server = server
    return link
  }

  get port() {
    const address = this.server?.address()
    return typeof address === 'object' ? address?.port : undefined
  }
}

/**
 * Closes the page when some of the files were sent, and comes back to the review on another one.
 *
 * @param {import('puppeteer-core').BrowserContext} context
 * @param {Form} form
 * @param {any} journey
 */
async function killed(context, form, journey) {
  await form.press('[data-send]', 'Enter')
  await form.page.waitForFunction(() => (document.querySelector('#upload progress')?.getAttribute('value') ?? '0') > '0')
  const url = form.page.url()
  await form.page.close()
  const { page } = await anotherPage(context, order.now + performance.now() / 1000)
  form.page = page
  await page.goto(url, { waitUntil: 'load' })
  await page.waitForSelector('body[data-state="ready"]')
  for (const [name, value] of journey.type) await form.enter(name, value)
  await form.toReview()
  await page.waitForSelector('[data-resume]')
}

const order = await readOrder()
const link = await Link.to(order.relay)
const rules = `MAP ${order.relay} 127.0.0.1:${link.port}`
const results = await withBrowser(
  order.browser,
  async browser => {
    const results = []
    for (const journey of order.journeys) {
      const now = order.now + performance.now() / 1000
      const { context, page, complaints, downloads } = await openPage(browser, now)
      link.cut = journey.cut
      link.cuts = 0
      try {
        const form = await Form.open(page, order.portal, journey.service, journey.lang)
        for (const [name, value] of journey.type) await form.enter(name, value)
        await form.toReview()
        for (const [paper, paths] of journey.files) await form.attach(paper, paths)
        if (journey.killed) await killed(context, form, journey)
        const sent = await form.send(downloads, 60_000, journey.killed ? '[data-resume]' : undefined)
        const left = await form.page.evaluate(async () => {
          const opening = indexedDB.open('motcua-files')
          await new Promise(done => (opening.onsuccess = done))
          const counting = opening.result.transaction('pieces').objectStore('pieces').count()
          await new Promise(done => (counting.onsuccess = done))
          return counting.result
        })
        results.push({ id: journey.id, ...sent, left, cuts: link.cuts, complaints })
      } catch (failure) {
        const where = await picture(page, order.pictures, `attachments-${journey.id}`).catch(String)
        results.push({ id: journey.id, failure: String(failure), picture: where, complaints, cuts: link.cuts })
      }
      await context.close()
    }
    return results
  },
  [`--host-resolver-rules=${rules}`],
)
link.server?.close()
console.log(JSON.stringify(results))
process.exit(0)
