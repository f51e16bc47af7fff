// A draft on a person's device, over closed and killed pages.
// In: an Order with `service`, `type` (a scenario's), `days`. Out: see tests/tests/drafts.rs.

import { Form, anotherPage, crash, openPage, readOrder, typed, withBrowser } from './driver.mjs'
import { KeyboardForm } from './keyboard.mjs'
import { recordsOf } from './device.mjs'

const order = await readOrder()
const address = `${order.portal}/${order.service}/form/`

const result = await withBrowser(order.browser, async browser => {
  const { page, context, complaints, downloads } = await openPage(browser, order.now)
  const press = async (/** @type {import('puppeteer-core').Page} */ page, /** @type {string} */ mark) => {
    await page.waitForSelector(`[data-draft-${mark}]`)
    const hands = new KeyboardForm(page)
    await hands.press(`[data-draft-${mark}]`, 'Enter')
    complaints.push(...hands.faults)
  }

  // Nothing is kept unasked, nor where the device is shared.
  let form = await Form.open(page, order.portal, order.service, 'vi')
  const empty = await typed(page)
  await press(page, 'ask')
  await press(page, 'no')
  await page.waitForSelector('[data-draft-ask]')
  const [first, ...rest] = order.type
  await form.enter(...first)
  const unasked = (await drafts(page)).length
  // Nothing of it is lost either when the page is loaded again, in the step where the person was.
  await page.waitForFunction(() => navigator.serviceWorker.controller)
  const begun = await form.where()
  for (const pair of rest) if ((await form.where()) === begun) await form.enter(...pair)
  const unkept = { before: await typed(page), step: await form.where() }
  const asks = [await asksToLeave(page)]
  await page.waitForSelector('#back')
  const again = { ...unkept, after: await typed(page), stepAfter: await form.where(), drafts: (await drafts(page)).length }
  // Who comes to the form anew finds nothing of it.
  form = await Form.open(page, order.portal, order.service, 'vi')
  await page.waitForSelector('[data-draft-ask]')
  const anew = await typed(page)
  await form.enter(...first)

  // Kept while it is typed.
  await press(page, 'ask')
  await press(page, 'keep')
  await page.waitForSelector('[data-draft-erase]')
  await keptSince(page)
  const { page: other } = await anotherPage(context, order.now)
  await other.goto(address, { waitUntil: 'load' })
  await other.waitForFunction(() => document.querySelector('#draft [role=status]')?.textContent)
  const elsewhere = await other.$$eval('#draft button', buttons => buttons.length)
  await other.close()
  await page.bringToFront()

  // At every step the tab is killed without a word, and the draft taken up in another one.
  let tab = page
  let step = await form.where()
  /** @type {{step: string, before: string[], after: string[], lost: (string | null)[]}[]} */
  const deaths = []
  /** @type {any[]} */
  let sealed = []
  for (const [name, value] of rest) {
    await form.enter(name, value)
    if ((await form.where()) === step) continue
    step = await form.where()
    const before = await typed(tab)
    await keptSince(tab)
    sealed = await drafts(tab)
    await crash(tab, order.browser)
    const next = await anotherPage(context, order.now)
    tab = next.page
    form = await Form.open(tab, order.portal, order.service, 'vi')
    await press(tab, 'open')
    // What offers the draft can erase it, too: it is taken up when it is offered no more.
    await tab.waitForSelector('[data-draft-open]', { hidden: true })
    deaths.push({ step, before, after: await typed(tab), lost: await tab.$$eval('#draft .notice', lines => lines.map(line => line.textContent)) })
    complaints.push(...next.complaints)
  }
  await form.toReview()
  const sent = await form.send(downloads)
  const left = await emptied(tab)
  asks.push(await asksToLeave(tab))

  // One button erases it, for good.
  form = await Form.open(tab, order.portal, order.service, 'vi')
  await press(tab, 'ask')
  await press(tab, 'keep')
  await tab.waitForSelector('[data-draft-erase]')
  const kept = (await drafts(tab)).length
  await press(tab, 'erase')
  await tab.waitForSelector('[data-draft-ask]')
  await form.enter(...first)
  const erased = { kept, left: await emptied(tab) }

  // A draft that nobody takes up ends by itself.
  await Form.open(tab, order.portal, order.service, 'vi')
  await press(tab, 'ask')
  await press(tab, 'keep')
  await tab.waitForSelector('[data-draft-erase]')
  const keptLast = (await drafts(tab)).length
  await tab.close()
  const { page: late } = await anotherPage(context, order.now + (order.days + 1) * 86_400)
  await Form.open(late, order.portal, order.service, 'vi')
  await late.waitForSelector('[data-draft-ask]')
  const ended = { begun: keptLast, left: (await drafts(late)).length }
  return { unasked, asks, again, empty, anew, deaths, elsewhere, sealed, sent, left, erased, ended, complaints }
})
console.log(JSON.stringify(result))

/** Loads the page again; what the browser asks before. @param {import('puppeteer-core').Page} page */
async function asksToLeave(page) {
  let asked = ''
  const hear = (/** @type {import('puppeteer-core').Dialog} */ dialog) => (asked = dialog.type())
  page.on('dialog', hear)
  await page.reload({ waitUntil: 'load' })
  page.off('dialog', hear)
  return asked
}

/** What lies on the device: texts, and whether the key can be taken out. @param {import('puppeteer-core').Page} page */
async function drafts(page) {
  const records = await recordsOf(page, 'motcua-drafts', 'drafts')
  return records.map(({ form, key, sealed, until }) => ({ form, until, ...key, bytes: sealed }))
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
  while ((await drafts(page)).length && Date.now() - begun < 60_000) await new Promise(done => setTimeout(done, 50))
  return (await drafts(page)).length
}
