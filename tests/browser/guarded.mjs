// What a page's policy and digests keep out, and where nothing that was typed may be found.
// In: an Order with `service`, `type` (a scenario's), `field` (the name of one of its inputs), `hostile` (what is typed there), `refused`:
// {name: value} that the page must refuse there, `flood` (a text too long for any input). Out: see the tests in tests/tests/guarded.rs.

import { Form, openPage, readOrder, withBrowser, withoutWorker } from './driver.mjs'

const PLANTED = '<script>globalThis.planted = true</script><img src="/none" onerror="globalThis.planted = true">'
const ADDED = '\nglobalThis.planted = true;\n'

const order = await readOrder()
const address = `${order.portal}/${order.service}/form/`
const result = await withBrowser(order.browser, async browser => ({
  planted: await altered(browser, /\/form\/$/, text => text.replace('</body>', `${PLANTED}</body>`)),
  core: await altered(browser, /\/form\.[^/]+\.js$/, text => text + ADDED),
  outcome: await altered(browser, /\/outcome\.[^/]+\.js$/, text => text + ADDED, order.type),
  sinks: await sinks(browser),
  flooded: await flooded(browser),
  ...(await journey(browser)),
}))
console.log(JSON.stringify(result))

/**
 * A page of which a host that sends no policy has altered one file; how far a person comes with it.
 *
 * @param {import('puppeteer-core').Browser} browser
 * @param {RegExp} file
 * @param {(text: string) => string} change
 * @param {[string, string][]} type - what is filled in
 */
async function altered(browser, file, change, type = []) {
  const { context, page } = await openPage(browser, order.now)
  let changed = 0
  // What the worker asks for passes by here.
  await withoutWorker(page, order.browser)
  await page.setRequestInterception(true)
  page.on('request', async request => {
    const { pathname, origin } = new URL(request.url())
    if (origin !== order.portal || !file.test(pathname)) return request.continue()
    const answer = await fetch(request.url())
    changed++
    const contentType = answer.headers.get('content-type') ?? ''
    await request.respond({ contentType, body: change(await answer.text()) })
  })
  await page.goto(address, { waitUntil: 'networkidle0' })
  let said = ''
  if (type.length) {
    const form = new Form(page)
    for (const [name, value] of type) await form.enter(name, value)
    await form.pressNext()
    said = await page.$eval('#summary', summary => summary.textContent ?? '')
  }
  const state = await page.evaluate(() => document.body.dataset.state)
  const planted = await page.evaluate(() => 'planted' in globalThis)
  await context.close()
  return { changed: changed > 0, planted, state, said }
}

/** Which of the ways from a text to code are open. @param {import('puppeteer-core').Browser} browser */
async function sinks(browser) {
  const { context, page } = await openPage(browser, order.now)
  await page.goto(address, { waitUntil: 'load' })
  const open = await page.evaluate(() => {
    const ways = {
      markup: () => (document.body.innerHTML = '<p></p>'),
      worker: () => new Worker('/assets/any.js'),
      script: () => (document.createElement('script').src = '/assets/any.js'),
      policy: () => trustedTypes.createPolicy('any', { createHTML: (/** @type {string} */ text) => text }),
    }
    return Object.entries(ways).filter(([, way]) => {
      try {
        way()
        return true
      } catch {
        return false
      }
    })
  })
  await context.close()
  return open.map(([name]) => name)
}

/**
 * A flood pasted into every line and box of text of every step, and what the page says to it.
 *
 * @param {import('puppeteer-core').Browser} browser
 * @returns {Promise<Record<string, {length: number, said: string}>>} by the name of the input: how much of it is there
 */
async function flooded(browser) {
  const { context, page } = await openPage(browser, order.now)
  const form = await Form.open(page, order.portal, order.service, 'vi')
  /** @type {Record<string, {length: number, said: string}>} */
  const inputs = {}
  let pairs = order.type
  while ((await form.where()) !== '(review)') {
    // What is chosen opens further questions.
    const rest = await form.fillStep(pairs)
    const here = await texts(page)
    for (const { name } of here) {
      await page.focus(`#form [name=${JSON.stringify(name)}]`)
      await page.evaluate(() => document.execCommand('selectAll'))
      await page.evaluate(text => document.execCommand('insertText', false, text), order.flood)
    }
    if (here.length) await form.pressNext()
    const errors = await form.errors()
    for (const { name, field, length } of await texts(page)) inputs[name] = { length, said: errors[field] ?? '' }
    for (const { name } of here) await form.fill([[name, '']])
    await form.fillStep(pairs)
    pairs = rest
    await form.next('after the flood')
  }
  await context.close()
  return inputs
}

/** The lines and boxes of text that are seen. @param {import('puppeteer-core').Page} page */
function texts(page) {
  return page.$$eval('#form input:not([type=radio], [type=checkbox], [data-list]), #form textarea', inputs =>
    inputs
      .filter(input => input.checkVisibility())
      .map(input => {
        const { name, value } = /** @type {HTMLInputElement | HTMLTextAreaElement} */ (input)
        const field = /** @type {HTMLElement | null} */ (input.closest('[data-field]'))
        return { name, field: field?.dataset.field ?? '', length: value.length }
      }),
  )
}

/** From the first question to the receipt. @param {import('puppeteer-core').Browser} browser */
async function journey(browser) {
  const { page, complaints, downloads } = await openPage(browser, order.now)
  /** Where something typed could be found by others. @type {string[]} */
  const told = []
  page.on('request', request => told.push(`${request.url()} ${request.postData() ?? ''}`))
  page.on('console', message => told.push(message.text()))
  const form = await Form.open(page, order.portal, order.service, 'vi')
  /** @type {Record<string, string>} */
  const refusals = {}
  for (const [name, value] of order.type) {
    if (name === order.field) {
      await form.reach(`[name=${JSON.stringify(name)}]`, name)
      for (const [wrong, text] of Object.entries(order.refused)) refusals[wrong] = await refusal(form, String(text))
      await form.write(`[name=${JSON.stringify(name)}]`, order.hostile)
    } else await form.enter(name, value)
  }
  await form.toReview()
  const review = await page.$eval('#answers', answers => ({ words: answers.textContent ?? '', pictures: answers.querySelectorAll('img').length }))
  const sent = await form.send(downloads)
  told.push(...(await page.evaluate(kept)))
  return { refusals, review, sent, told, complaints }
}

/** What the page says to a value that is put into the field. @param {Form} form @param {string} value */
async function refusal(form, value) {
  // JSON has no half characters.
  await form.fill([[order.field, value === 'HALF' ? `a${String.fromCharCode(0xd800)}b` : value]])
  const before = await form.where()
  await form.next().catch(() => {})
  const errors = await form.errors()
  if ((await form.where()) !== before) await form.page.evaluate(() => history.back())
  return errors[order.field] ?? ''
}

/** Everything of this device that another page or person could look at: address, title, history, storage. */
async function kept() {
  const found = [location.href, document.title, JSON.stringify(history.state), document.cookie]
  found.push(JSON.stringify({ ...localStorage }), JSON.stringify({ ...sessionStorage }))
  for (const { name = '' } of await indexedDB.databases()) {
    /** @type {IDBDatabase} */
    const database = await new Promise(done => {
      const opening = indexedDB.open(name)
      opening.onsuccess = () => done(opening.result)
    })
    for (const store of database.objectStoreNames) {
      const all = database.transaction(store).objectStore(store).getAll()
      await new Promise(done => (all.onsuccess = done))
      found.push(JSON.stringify(all.result))
    }
  }
  for (const name of await caches.keys()) {
    for (const request of await (await caches.open(name)).keys()) found.push(request.url)
  }
  return found
}
