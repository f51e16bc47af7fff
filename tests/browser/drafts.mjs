// A draft on a person's device, over closed and killed pages.
// In: an Order with `service`, `type` (a scenario's), `days`. Out: see tests/tests/drafts.rs.

import { Form, anotherPage, openPage, readOrder, withBrowser } from './driver.mjs'

const order = await readOrder()
const address = `${order.portal}/${order.service}/form/`
/** Where the first half of what is typed ends. */
const HALF = Math.floor(order.type.length / 2)

const result = await withBrowser(order.browser, async browser => {
  const { page, context, complaints, downloads } = await openPage(browser, order.now)
  const press = async (/** @type {import('puppeteer-core').Page} */ page, /** @type {string} */ mark) => {
    await page.waitForSelector(`[data-draft-${mark}]`)
    await page.focus(`[data-draft-${mark}]`)
    await page.keyboard.press('Enter')
  }
  const typed = (/** @type {import('puppeteer-core').Page} */ page) =>
    page.$$eval('#form :is(input, select, textarea)', all =>
      all.filter(one => 'checked' in one && /radio|checkbox/.test(one.type) ? one.checked : one.value).map(one => `${one.name}=${one.value}`).sort(),
    )

  // Nothing is kept unasked, nor where the device is shared.
  let form = await Form.open(page, order.portal, order.service, 'vi')
  await press(page, 'ask')
  await press(page, 'no')
  await page.waitForSelector('[data-draft-ask]')
  const [first, ...rest] = order.type
  await form.enter(...first)
  const unasked = (await drafts(page)).length

  // Kept while it is typed; the page dies without a word at every field.
  await press(page, 'ask')
  await press(page, 'keep')
  await page.waitForSelector('[data-draft-erase]')
  for (const [name, value] of rest.slice(0, HALF)) await form.enter(name, value)
  const before = await typed(page)
  await keptSince(page)
  const sealed = await drafts(page)
  const { page: other } = await anotherPage(context, order.now)
  await other.goto(address, { waitUntil: 'load' })
  await other.waitForFunction(() => document.querySelector('#draft [role=status]')?.textContent)
  const elsewhere = await other.$$eval('#draft button', buttons => buttons.length)
  await other.close()
  await page.bringToFront()
  await crash(page)

  // Taken up in another page of the same browser, finished and sent.
  const { page: again, complaints: more } = await anotherPage(context, order.now)
  form = await Form.open(again, order.portal, order.service, 'vi')
  await press(again, 'open')
  await again.waitForSelector('[data-draft-erase]')
  const after = await typed(again)
  const lost = await again.$$eval('#draft .notice', lines => lines.map(line => line.textContent))
  for (const [name, value] of rest.slice(HALF)) await form.enter(name, value)
  await form.toReview()
  const sent = await form.send(downloads)
  await again.waitForFunction(async () => (await indexedDB.databases()).length > 0)
  const left = await emptied(again)

  // A draft that nobody takes up ends by itself.
  form = await Form.open(again, order.portal, order.service, 'vi')
  await press(again, 'ask')
  await press(again, 'keep')
  await again.waitForSelector('[data-draft-erase]')
  const begun = (await drafts(again)).length
  await again.close()
  const { page: late } = await anotherPage(context, order.now + (order.days + 1) * 86_400)
  await Form.open(late, order.portal, order.service, 'vi')
  await late.waitForSelector('[data-draft-ask]')
  const ended = { begun, left: (await drafts(late)).length }
  return { unasked, before, after, lost, elsewhere, sealed, sent, left, ended, complaints: [...complaints, ...more] }
})
console.log(JSON.stringify(result))

/** What lies on the device: texts, and whether the key can be taken out. @param {import('puppeteer-core').Page} page */
function drafts(page) {
  return page.evaluate(async () => {
    const names = (await indexedDB.databases()).map(({ name }) => name)
    if (!names.includes('motcua-drafts')) return []
    /** @type {IDBDatabase} */
    const database = await new Promise(done => {
      const opening = indexedDB.open('motcua-drafts')
      opening.onsuccess = () => done(opening.result)
    })
    const asked = database.transaction('drafts').objectStore('drafts').getAll()
    await new Promise(done => (asked.onsuccess = done))
    database.close()
    return asked.result.map(({ form, key, sealed, until }) => ({ form, until, extractable: key.extractable, algorithm: key.algorithm, bytes: Array.from(new Uint8Array(sealed), byte => String.fromCharCode(byte)).join('') }))
  })
}

/** Waits until what is typed now is kept. @param {import('puppeteer-core').Page} page */
async function keptSince(page) {
  const bytes = async () => (await drafts(page))[0]?.bytes
  const before = await bytes()
  await page.evaluate(() => document.querySelector('#form input')?.dispatchEvent(new Event('input', { bubbles: true })))
  while ((await bytes()) === before) await new Promise(done => setTimeout(done, 50))
}

/** Waits until the device has no draft; how many it has. @param {import('puppeteer-core').Page} page */
async function emptied(page) {
  const begun = Date.now()
  while ((await drafts(page)).length && Date.now() - begun < 10_000) await new Promise(done => setTimeout(done, 50))
  return (await drafts(page)).length
}

/** The tab is killed. @param {import('puppeteer-core').Page} page */
async function crash(page) {
  const session = await page.createCDPSession()
  const gone = new Promise(done => page.once('error', done))
  session.send('Page.crash').catch(() => {})
  await gone
}
