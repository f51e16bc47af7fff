// A draft carried to another device as a file.
// In: an Order with `service`, `other` (another service), `type` (a scenario's), `phrase`, `folder`, and `file` when the form has a newer
// version by now: then that file is opened, and nothing else done. Out: see tests/tests/carry.rs.

import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Form, openPage, picture, readOrder, typed, withBrowser } from './driver.mjs'
import { recordsOf } from './device.mjs'

const order = await readOrder()
const result = await withBrowser(order.browser, browser => (order.file ? openNewer(browser) : carry(browser)))
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
  await page.focus('[data-carry-save]')
  await page.keyboard.press('Enter')
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
  return { short, before, after, file, refused, untouched, word, sent, kept, complaints: [...complaints, ...there.complaints] }
}

/** @param {import('puppeteer-core').Browser} browser */
async function openNewer(browser) {
  const { page, complaints } = await openPage(browser, order.now)
  await Form.open(page, order.portal, order.service, 'vi')
  await openPlace(page)
  const word = await opened(page, order.file, order.phrase)
  return { word, after: await typed(page), complaints }
}

/** @param {import('puppeteer-core').Page} page */
async function openPlace(page) {
  await page.waitForSelector('[data-carry]')
  await page.focus('[data-carry]')
  await page.keyboard.press('Enter')
  await page.waitForSelector('#carry-phrase')
}

/** @param {import('puppeteer-core').Page} page @param {string} words */
async function phrase(page, words) {
  await page.$eval('#carry-phrase', (input, words) => input instanceof HTMLInputElement && (input.value = words), words)
}

/** What is said after a button was pressed. @param {import('puppeteer-core').Page} page @param {string} button */
async function said(page, button) {
  await page.evaluate(() => document.querySelector('#carry [role=status]')?.replaceChildren())
  await page.focus(button)
  await page.keyboard.press('Enter')
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
