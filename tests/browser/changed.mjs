// What waits for a network is changed in its page, while the earlier answers are sent by somebody else.
// In: an Order with `service`, `type` (a scenario's), `change` (an input's name and what is typed there anew). Out: see tests/tests/changed.rs.

import { Form, OF_A_CUT_LINK, anotherPage, openPage, readOrder, withBrowser } from './driver.mjs'
import { recordsOf } from './device.mjs'

const order = await readOrder()

const result = await withBrowser(order.browser, async browser => {
  const { page, context, complaints } = await openPage(browser, order.now)
  const { page: other } = await anotherPage(context, order.now)

  // The list of another tab sends it; then the page changes an answer.
  const first = await fillIn(page)
  const [sealed] = await outbox(page)
  await other.bringToFront()
  await other.goto(`${order.portal}/receipts/`, { waitUntil: 'load' })
  await other.waitForSelector('#waiting button')
  await other.focus('#waiting button')
  await other.keyboard.press('Enter')
  await other.waitForSelector('#kept li')
  await change(page, first)
  await send(page, 'failed')
  const gone = { id: sealed.id, words: await page.evaluate(() => document.querySelector('#status')?.textContent), left: (await outbox(page)).length }

  // It came to the relay, and who sent it did not live to say so; the page has other answers by now.
  await page.setOfflineMode(false)
  const second = await fillIn(page)
  const [early] = await outbox(page)
  await change(page, second)
  await send(page, 'waiting')
  const [late] = await outbox(page)
  const taken = await fetch(`${early.relay}/v1/submissions`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: early.body })
  await page.setOfflineMode(false)
  await page.waitForSelector('body[data-state="sent"]')
  await page.waitForSelector('#copy svg')
  const earlier = {
    id: late.id, isSame: early.id === late.id && early.body !== late.body, status: taken.status, left: (await outbox(page)).length,
    ...(await page.evaluate(() => ({ notice: document.querySelector('#receipt .notice')?.textContent, copy: document.querySelector('#copy')?.textContent, all: !!document.querySelector('[data-keep-all]') }))),
  }
  return { gone, earlier, complaints: complaints.filter(line => !OF_A_CUT_LINK.test(line)) }
})
console.log(JSON.stringify(result))

/** Fills the form in and sends it without a network. @param {import('puppeteer-core').Page} page */
async function fillIn(page) {
  await page.bringToFront()
  const form = await Form.open(page, order.portal, order.service, 'vi')
  for (const [name, value] of order.type) await form.enter(name, value)
  await form.toReview()
  await page.setOfflineMode(true)
  await send(page, 'waiting')
  return form
}

/** Goes back from the review to one answer and comes to the review again. @param {import('puppeteer-core').Page} page @param {Form} form */
async function change(page, form) {
  await page.bringToFront()
  const [name, value] = order.change
  await form.press(`[data-change="${name}"]`, 'Enter')
  await form.write(`#form [name="${name}"]`, value)
  await form.toReview()
}

/** Presses "send" and waits for what comes of it. @param {import('puppeteer-core').Page} page @param {string} state */
async function send(page, state) {
  await page.focus('[data-send]')
  await page.keyboard.press('Enter')
  await page.waitForSelector('body[data-state="sent"], body[data-state="failed"], body[data-state="waiting"]')
  const is = await page.evaluate(() => `${document.body.dataset.state} ${document.querySelector('#status')?.textContent}`)
  if (!is.startsWith(state)) throw new Error(`after sending: ${is}, not ${state}`)
}

/** What waits on the device. @param {import('puppeteer-core').Page} page */
function outbox(page) {
  return recordsOf(page, 'motcua-outbox', 'waiting')
}
