// Takes a picture of a page: node tests/browser/look.mjs URL OUT.png WIDTH HEIGHT
// For looking at pages while they are made, and for the pictures in the documents.

import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { openPage, withBrowser } from './driver.mjs'

const [url, out, width, height] = process.argv.slice(2)
if (!url || !out || !Number(width) || !Number(height)) {
  console.error('look: give a URL, a file to write, a width and a height in pixels')
  process.exit(2)
}
const chromium = (process.env.PATH ?? '')
  .split(delimiter)
  .map(folder => join(folder, 'chromium'))
  .find(existsSync)
if (!chromium) {
  console.error('look: no chromium in PATH; run tests/install')
  process.exit(1)
}
await withBrowser({ engine: 'chromium', path: chromium }, async browser => {
  const { page, complaints } = await openPage(browser, Date.now() / 1000)
  await page.setViewport({ width: Number(width), height: Number(height) })
  await page.goto(url, { waitUntil: 'networkidle0' })
  await page.screenshot({ path: /** @type {`${string}.png`} */ (out) })
  complaints.forEach(complaint => console.error(complaint))
})
