// A draft carried to another device as a file, and a draft on its own device, both over a newer version of the form.
// In: an Order with `service`, `other` (another service), `type` (a scenario's), `phrase`, `folder`, `ready`, a file that is written when the
// newer version may be published, and `turn`, a file that appears when it is. Out: see tests/tests/carry.rs.

import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Form, openPage, picture, readOrder, typed, withBrowser } from './driver.mjs'
import { recordsOf } from './device.mjs'

const order = await readOrder()
const result = await withBrowser(order.browser, carry)
console.log(JSON.stringify(result))

/** @param {import('puppeteer-core').Browser} browser */
async function carry(browser) {
  const { page, complaints, downloads } = await openPage(browser, order.now)
  const form = await Form.open(page, order.portal, order.service, 'vi')
  for (const [name, value] of order.type) await form.enter(name, value)
  const before = await typed(page)
  await openPlace(page)
  await phrase(page, 'ngắn')
  const short = await said(page, '[data-carry-save]')
  await phrase(page, order.phrase)
  await press(page, '[data-carry-save]')
  const name = `draft-${new Date((order.now + 7 * 3600) * 1000).toISOString().slice(0, 10)}.motcua`
  await form.downloaded(join(downloads, name))
  const file = join(downloads, name)
  await picture(page, order.pictures, 'carry')

  // Another device: each file and phrase that cannot be opened has its word, and changes nothing.
  const there = await openPage(browser, order.now)
  const bytes = readFileSync(file)
  const damaged = join(order.folder, 'damaged.motcua')
  const stranger = join(order.folder, 'stranger.motcua')
  writeFileSync(damaged, bytes.with(100, bytes[100] ^ 1))
  writeFileSync(stranger, 'Bản nháp')
  const refused = []
  await Form.open(there.page, order.portal, order.other, 'vi')
  await openPlace(there.page)
  refused.push(['other', await opened(there.page, file, order.phrase)])
  const arrived = await Form.open(there.page, order.portal, order.service, 'vi')
  await openPlace(there.page)
  const empty = await typed(there.page)
  for (const [why, path, words] of [['phrase', file, `${order.phrase}!`], ['damaged', damaged, order.phrase], ['none', stranger, order.phrase]]) refused.push([why, await opened(there.page, path, words)])
  const untouched = JSON.stringify(await typed(there.page)) === JSON.stringify(empty)
  const word = await opened(there.page, file, order.phrase)
  const after = await typed(there.page)
  await arrived.toReview()
  const sent = await arrived.send(there.downloads)
  const kept = (await recordsOf(there.page, 'motcua-drafts', 'drafts')).length

  // What was typed on the first device stays there, too; then the form is published anew.
  await page.bringToFront()
  for (const mark of ['draft-ask', 'draft-keep']) await press(page, `[data-${mark}]`)
  await page.waitForSelector('[data-draft-erase]')
  writeFileSync(order.ready, '')
  while (!existsSync(order.turn)) await new Promise(done => setTimeout(done, 100))
  // A page is kept for minutes, unless somebody loads it again.
  await page.reload({ waitUntil: 'load' })
  await page.waitForSelector('body[data-state="ready"]')
  await press(page, '[data-draft-open]')
  await page.waitForSelector('[data-draft-open]', { hidden: true })
  const draft = { word: await page.evaluate(() => document.querySelector('#draft .notice')?.textContent), after: await typed(page) }
  const last = await openPage(browser, order.now)
  await Form.open(last.page, order.portal, order.service, 'vi')
  await openPlace(last.page)
  const opening = await opened(last.page, file, order.phrase)
  const newer = [draft, { word: opening, after: await typed(last.page) }]
  return { short, before, after, file, refused, untouched, word, sent, kept, newer, complaints: [...complaints, ...there.complaints, ...last.complaints] }
}

/** By keyboard. @param {import('puppeteer-core').Page} page @param {string} button */
async function press(page, button) {
  await page.waitForSelector(button)
  await page.focus(button)
  await page.keyboard.press('Enter')
}

/** @param {import('puppeteer-core').Page} page */
async function openPlace(page) {
  await press(page, '[data-carry]')
  await page.waitForSelector('#carry-phrase')
}

/** @param {import('puppeteer-core').Page} page @param {string} words */
async function phrase(page, words) {
  await page.$eval('#carry-phrase', (input, words) => input instanceof HTMLInputElement && (input.value = words), words)
}

/** What is said after a button was pressed. @param {import('puppeteer-core').Page} page @param {string} button */
async function said(page, button) {
  await page.evaluate(() => document.querySelector('#carry [role=status]')?.replaceChildren())
  await press(page, button)
  // While it works it ends with three points.
  await page.waitForFunction(() => /[^…]$/.test(document.querySelector('#carry [role=status]')?.textContent ?? ''))
  return page.evaluate(() => document.querySelector('#carry [role=status]')?.textContent)
}

/** @param {import('puppeteer-core').Page} page @param {string} path @param {string} words */
async function opened(page, path, words) {
  const input = /** @type {import('puppeteer-core').ElementHandle<HTMLInputElement> | null} */ (await page.$('#carry-file'))
  await input?.uploadFile(path)
  await phrase(page, words)
  return said(page, '[data-carry-open]')
}
