// The search of a whole city as people use it: typed by keyboard, followed by Enter on a result; and the way without script.
// In: an Order with `typed`, a list. Out: {searches: [{typed, results: [[title, address]], said, bytes}], reached, groups, complaints}.

import { brotliCompressSync } from 'node:zlib'
import { openPage, readOrder, withBrowser } from './driver.mjs'

/** How fast a person types. */
const LETTER_MS = 60

const order = await readOrder()
const result = await withBrowser(order.browser, async browser => {
  const { page, complaints } = await openPage(browser, order.now)
  const searches = []
  for (const typed of order.typed) searches.push(await search(page, typed))
  const reached = await follow(page)
  await page.setJavaScriptEnabled(false)
  await page.goto(order.portal, { waitUntil: 'load' })
  const groups = await page.$$eval('main a[href^="/linh-vuc/"]', links => links.length)
  const isShown = await page.$eval('[role=search]', box => box.checkVisibility())
  return { searches, reached, groups, isShown, complaints }
})
console.log(JSON.stringify(result))

/**
 * One search on a fresh home page; `bytes` are those of the index that it loads, in brotli.
 *
 * @param {import('puppeteer-core').Page} page
 * @param {string} typed
 */
async function search(page, typed) {
  await page.setCacheEnabled(false)
  await page.goto(order.portal, { waitUntil: 'load' })
  /** @type {Map<string, Promise<number>>} */
  const loads = new Map()
  /** @param {import('puppeteer-core').HTTPResponse} answer */
  const weigh = answer => {
    if (answer.url().includes('/assets/search')) loads.set(answer.url(), weightOf(answer.url()))
  }
  page.on('response', weigh)
  await page.focus('input[type=search]')
  // As it is typed, letter by letter: whatever each of them asks for counts.
  for (const letter of typed) {
    await page.keyboard.sendCharacter(letter)
    await new Promise(done => setTimeout(done, LETTER_MS))
  }
  await page.waitForFunction(() => document.querySelector('[role=search] [role=status]')?.textContent)
  page.off('response', weigh)
  const results = await page.$$eval('[role=search] li a', links => links.map(link => [link.textContent, link.getAttribute('href')]))
  const said = await page.$eval('[role=search] [role=status]', status => status.textContent)
  const bytes = (await Promise.all(loads.values())).reduce((sum, more) => sum + more, 0)
  return { typed, results, said, bytes, files: loads.size }
}

/** Goes to the first result by keyboard alone. @param {import('puppeteer-core').Page} page */
async function follow(page) {
  await page.keyboard.press('Tab')
  await Promise.all([page.waitForNavigation(), page.keyboard.press('Enter')])
  return new URL(page.url()).pathname
}

/** How many bytes a file is in brotli. @param {string} url */
async function weightOf(url) {
  return brotliCompressSync(Buffer.from(await (await fetch(url)).arrayBuffer())).length
}
