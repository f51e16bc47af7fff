// Files of papers, from the list of papers to the receipt, over a link that is cut again and again.
// In: an Order with `journeys: [{id, service, lang, type, files: [[paper, [path, …]], …], cut, killed, offline}]`, `killed` being whether the page is closed
// while its files are on their way, `offline` whether it is sent without a network first, `relay`, its host and port, and
// `cut`, after how many bytes to the relay each connection breaks (0: never), `deaf` whether the first
// answer to each request is lost on its way back, `byKeyboard` whether the files are chosen and sent without a mouse. A journey with
// `photographs: {paper, folder}` draws two of them, one too large, which a press makes smaller, and pauses on the way.
// Out: [{id, reference, receipt, download, cuts, focus (what was wrong with it), readers, complaints} | {id, failure, picture}].

import { readFileSync, writeFileSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import { join } from 'node:path'
import { Form, OF_A_CUT_LINK, anotherPage, linkOf, openPage, picture, readOrder, withBrowser } from './driver.mjs'
import { KeyboardForm } from './keyboard.mjs'
import { recordsOf } from './device.mjs'


/** A link to the relay that breaks after so many bytes on their way there, or before every second answer; perhaps a slow one. */
class Link {
  cut = 0
  deaf = false
  /** How many bytes a second go to the relay; 0: as many as come. */
  rate = 0
  /** Whether the next answer comes through. */
  hears = false
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
        if (link.rate) {
          person.pause()
          setTimeout(() => person.resume(), (some.length * 1000) / link.rate)
        }
        if (!link.cut || sent < link.cut) return
        link.cuts++
        // What was written so far arrives, as on a line that dies.
        other.end(() => other.destroy())
        person.resetAndDestroy()
      })
      other.on('drain', () => person.resume())
      other.on('data', some => {
        link.hears = !link.hears || !link.deaf
        if (link.hears) return person.write(some)
        link.cuts++
        other.destroy()
        return person.resetAndDestroy()
      })
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
 * Closes the page when some of the files were sent; another one says so when the form is opened, and they go on from the list.
 *
 * @param {import('puppeteer-core').BrowserContext} context
 * @param {Form} form
 * @param {string} downloads
 */
async function killed(context, form, downloads) {
  await form.press('[data-send]', 'Enter')
  await form.page.waitForFunction(() => (document.querySelector('#upload progress')?.getAttribute('value') ?? '0') > '0')
  const url = form.page.url()
  await form.page.close()
  const { page } = await anotherPage(context, order.now + performance.now() / 1000)
  form.page = page
  await page.goto(url, { waitUntil: 'load' })
  const link = await page.waitForSelector('#waits a')
  await page.goto(await /** @type {import('puppeteer-core').ElementHandle<HTMLAnchorElement>} */ (link).evaluate(link => link.href), { waitUntil: 'load' })
  await page.waitForSelector('#waiting button')
  await form.press('#waiting button', 'Enter')
  await page.waitForSelector('#kept li a[download]', { timeout: 60_000 })
  const { reference, download } = await page.$eval('#kept li', item => ({ reference: item.getAttribute('data-reference') ?? '', download: item.querySelector('a')?.getAttribute('download') ?? '' }))
  await form.take('#kept li a[download]')
  return { reference, download, receipt: await form.downloaded(join(downloads, download)) }
}

/** Sends without a network: it waits, and goes by itself when the link is back. @param {Form} form @param {string} downloads */
async function unconnected(form, downloads) {
  const { page } = form
  const network = order.browser.engine === 'firefox' ? await linkOf(page.browser(), order.browser) : (/** @type {boolean} */ isUp) => page.setOfflineMode(!isUp)
  await network(false)
  await form.press('[data-send]', 'Enter')
  await page.waitForSelector('body[data-state="waiting"]')
  await network(true)
  await page.waitForSelector('body[data-state="sending"], body[data-state="sent"]')
  return form.sent(downloads, 60_000)
}

/** What a camera writes: which side is up, where it was. As one segment of JPEG. */
const EXIF = Buffer.concat([
  Buffer.from([0xff, 0xe1, 0, 2 + 6 + 26 + 40]),
  Buffer.from('Exif\0\0II*\0', 'latin1'),
  Buffer.from([8, 0, 0, 0, 1, 0, 0x12, 1, 3, 0, 1, 0, 0, 0, 6, 0, 0, 0, 0, 0, 0, 0]),
  Buffer.from('GPS 21.0285 N 105.8542 E'.padEnd(40), 'latin1'),
])

/** A picture as cameras make them, every dot another. @param {import('puppeteer-core').Page} page @param {number} width @param {string} path */
async function photograph(page, width, path) {
  const base64 = await page.evaluate(async width => {
    const canvas = document.createElement('canvas')
    Object.assign(canvas, { width, height: (width * 3) / 4 })
    const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext('2d'))
    const dots = context.createImageData(canvas.width, canvas.height)
    for (let at = 0, seed = 1; at < dots.data.length; at++) {
      seed = (seed * 48271) % 2147483647
      dots.data[at] = at % 4 === 3 ? 255 : seed % 256
    }
    context.putImageData(dots, 0, 0)
    return canvas.toDataURL('image/jpeg', 0.8).split(',')[1]
  }, width)
  const picture = Buffer.from(base64 ?? '', 'base64')
  writeFileSync(path, Buffer.concat([picture.subarray(0, 2), EXIF, picture.subarray(2)]))
}

/** One is taken without what the camera wrote, one that is too large made smaller first; of one that is broken off the page says what may be left in it. @param {Form} form @param {any} journey */
async function attachPhotographs(form, { paper, folder }) {
  const { page } = form
  const [small, large] = ['small.jpg', 'large.jpg'].map(name => join(folder, name))
  await photograph(page, 800, small)
  await photograph(page, 4000, large)
  const place = `[data-files=${JSON.stringify(paper)}]`
  const chosen = () => page.evaluate(place => [...document.querySelectorAll(`${place} li`)].map(line => line.textContent), place)
  const broken = join(folder, 'broken.jpg')
  writeFileSync(broken, readFileSync(small).subarray(0, -40))
  await form.attach(paper, [broken])
  const [left] = await chosen()
  await form.press(`${place} [data-unfile]`, 'Enter')
  await page.waitForFunction(place => document.querySelectorAll(`${place} li`).length === 0, {}, place)
  // By the telephone's camera, which hands over what it took as a file.
  const camera = /** @type {import('puppeteer-core').ElementHandle<HTMLInputElement>} */ (await page.$(`${place} input[capture="environment"][accept="image/jpeg"]`))
  await camera.uploadFile(small)
  await page.waitForFunction(place => document.querySelectorAll(`${place} li`).length === 1, {}, place)
  const input = /** @type {import('puppeteer-core').ElementHandle<HTMLInputElement>} */ (await page.$(`${place} input[multiple]`))
  await input.uploadFile(large)
  await page.waitForSelector(`${place} [role=status] button`, { timeout: 60_000 })
  await form.press(`${place} [role=status] button`, 'Enter')
  await page.waitForFunction(place => document.querySelectorAll(`${place} li`).length === 2, {}, place)
  return { left, bare: await chosen() }
}

/** Presses "send", then "pause" while the files are on their way; whether nothing more goes until it is pressed again. @param {Form} form */
async function paused(form) {
  const { page } = form
  link.rate = 300 << 10
  const sent = () => page.$eval('#upload progress', bar => Number(bar.getAttribute('value')))
  await form.press('[data-send]', 'Enter')
  await page.waitForFunction(() => Number(document.querySelector('#upload progress')?.getAttribute('value')) > 0, { timeout: 60_000 })
  await form.press('[data-pause]', 'Enter')
  const before = await sent()
  // Longer than one piece takes.
  await new Promise(done => setTimeout(done, 1500))
  const after = await sent()
  link.rate = 0
  await form.press('[data-pause]', 'Enter')
  return { before, after }
}

/** Sends as the journey has it. @param {any} journey @param {import('puppeteer-core').BrowserContext} context @param {Form} form @param {string} downloads */
function sendBy(journey, context, form, downloads) {
  if (journey.killed) return killed(context, form, downloads)
  if (journey.offline) return unconnected(form, downloads)
  return journey.photographs ? form.sent(downloads, 60_000) : form.send(downloads, 60_000)
}

const order = await readOrder()
const link = await Link.to(order.relay)
/** What goes to the relay goes over the link. */
const args = order.browser.engine === 'chromium' ? [`--host-resolver-rules=MAP ${order.relay} 127.0.0.1:${link.port}`] : []
const prefs = { 'network.socket.forcePort': `${order.relay.split(':')[1]}=${link.port}` }
const results = await withBrowser(
  order.browser,
  async browser => {
    const results = []
    for (const journey of order.journeys) {
      const now = order.now + performance.now() / 1000
      const { context, page, complaints, downloads } = await openPage(browser, now)
      Object.assign(link, { cut: journey.cut, deaf: journey.deaf, hears: true, cuts: 0 })
      try {
        const Person = journey.byKeyboard ? KeyboardForm : Form
        const form = await Person.open(page, order.portal, journey.service, journey.lang)
        await form.fillAll(journey.type)
        const readers = await page.$$eval('#readers > *', lines => lines.map(line => [line.tagName, line.textContent]))
        for (const [paper, paths] of journey.files) await form.attach(paper, paths)
        const chosen = journey.photographs && (await attachPhotographs(form, journey.photographs))
        const pause = journey.photographs && (await paused(form))
        const sent = await sendBy(journey, context, form, downloads)
        const focus = form instanceof KeyboardForm ? [...form.faults] : []
        const left = (await recordsOf(form.page, 'motcua-pieces', 'pieces')).length
        results.push({ id: journey.id, ...sent, left, cuts: link.cuts, focus, readers, chosen, pause, complaints: complaints.filter(line => !journey.offline || !OF_A_CUT_LINK.test(line)) })
      } catch (failure) {
        const where = await picture(page, order.pictures, `attachments-${journey.id}`).catch(String)
        results.push({ id: journey.id, failure: String(failure), picture: where, complaints, cuts: link.cuts })
      }
      await context.close()
    }
    return results
  },
  { args, prefs },
)
link.server?.close()
console.log(JSON.stringify(results))
process.exit(0)
