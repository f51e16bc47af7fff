// A device without room: what is typed is neither lost nor said to be kept.
// In: an Order with `service`, `type` (a scenario's), `withPapers`: another one's, with `paper` and `file`. Out: see tests/tests/full.rs.

import { Form, OF_A_CUT_LINK, openPage, picture, readOrder, withBrowser } from './driver.mjs'

const order = await readOrder()
/** Less than an empty database takes. */
const NO_ROOM_BYTES = 1000

const result = await withBrowser(order.browser, async browser => {
  // A browser remembers for a while that there was room: each time another device, full from the beginning.
  const drafted = await openPage(browser, order.now)
  const room = await roomOf(drafted.page)
  await room.take()
  let form = await Form.open(drafted.page, order.portal, order.service, 'vi')
  const [[name, value]] = order.type
  await form.enter(name, value)
  await form.press('[data-draft-ask]', 'Enter')
  await drafted.page.waitForSelector('[data-draft-keep]')
  await form.press('[data-draft-keep]', 'Enter')
  await drafted.page.waitForSelector('[data-draft-again]')
  const full = await told(drafted.page)
  await picture(drafted.page, order.pictures, 'full')
  await form.press('[data-draft-again]', 'Enter')
  await drafted.page.waitForFunction(() => document.querySelector('[data-draft-again]'))
  const typed = await drafted.page.$eval(`[name="${name}"]`, input => /** @type {HTMLInputElement} */ (input).value)
  await room.giveBack()
  await form.press('[data-draft-again]', 'Enter')
  await drafted.page.waitForFunction(() => !document.querySelector('[data-draft-again]'))
  const kept = await told(drafted.page)

  // Sealed without a network, nowhere to let it wait; then sent, nowhere to keep the receipt.
  const sending = await openPage(browser, order.now)
  await (await roomOf(sending.page)).take()
  form = await Form.open(sending.page, order.portal, order.service, 'vi')
  for (const [name, value] of order.type) await form.enter(name, value)
  await form.toReview()
  await sending.page.setOfflineMode(true)
  await form.press('[data-send]', 'Enter')
  await sending.page.waitForSelector('body[data-state="failed"], body[data-state="waiting"]')
  const offline = await sending.page.evaluate(() => ({ state: document.body.dataset.state, words: document.querySelector('#status')?.textContent, answers: document.querySelector('#answers')?.textContent }))
  await sending.page.setOfflineMode(false)
  const sent = await form.send(sending.downloads)
  await form.press('[data-keep]', 'Enter')
  await sending.page.waitForFunction(() => document.querySelector('.keep [role=status]')?.textContent)
  const receipt = await sending.page.evaluate(() => document.querySelector('.keep [role=status]')?.textContent)
  // Files have nowhere to lie while they are sealed; once there is room they go.
  const attaching = await openPage(browser, order.now)
  const shelf = await roomOf(attaching.page)
  await shelf.take()
  form = await Form.open(attaching.page, order.portal, order.withPapers.service, 'vi')
  await form.fillAll(order.withPapers.type)
  await form.attach(order.withPapers.paper, [order.withPapers.file])
  await form.press('[data-send]', 'Enter')
  await attaching.page.waitForSelector('body[data-state="failed"], body[data-state="sent"]')
  const files = { words: await attaching.page.evaluate(() => document.querySelector('#status')?.textContent), chosen: (await attaching.page.$$(`[data-files="${order.withPapers.paper}"] li`)).length }
  await shelf.giveBack()
  const sentFiles = await form.send(attaching.downloads)
  return { full, typed, kept, offline, sent, receipt, files, sentFiles, complaints: [...drafted.complaints, ...sending.complaints, ...attaching.complaints].filter(line => !OF_A_CUT_LINK.test(line)) }
})
console.log(JSON.stringify(result))

/** The room that the browser gives the portal. @param {import('puppeteer-core').Page} page */
async function roomOf(page) {
  const session = await page.createCDPSession()
  const { origin } = new URL(order.portal)
  return {
    take: () => session.send('Storage.overrideQuotaForOrigin', { origin, quotaSize: NO_ROOM_BYTES }),
    giveBack: () => session.send('Storage.overrideQuotaForOrigin', { origin }),
  }
}

/** What is said of the draft. @param {import('puppeteer-core').Page} page */
function told(page) {
  return page.evaluate(() => document.querySelector('#draft [role=status]')?.textContent)
}
