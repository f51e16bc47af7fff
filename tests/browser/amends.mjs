// What was sent is amended, and then withdrawn, by the device that kept its receipt, and by keyboard alone.
// In: an Order with `service`, `type` (a scenario's), `change` (an input's name and what is typed there anew). Out: see tests/tests/amends.rs.

import { Form, openPage, picture, readOrder, typed, withBrowser } from './driver.mjs'
import { KeyboardForm } from './keyboard.mjs'
import { recordsOf } from './device.mjs'

const order = await readOrder()
const result = await withBrowser(order.browser, async browser => {
  const { page, complaints, downloads } = await openPage(browser, order.now)
  const typing = await Form.open(page, order.portal, order.service, 'vi')
  for (const [name, value] of order.type) await typing.enter(name, value)
  await typing.toReview()
  const sent = await typing.send(downloads)
  const form = new KeyboardForm(page)

  // Kept with what was typed: then there are ways on, from the receipt itself.
  await form.press('[data-keep-all]', 'Enter')
  await page.waitForSelector('.keep a[href*="#amend="]')
  const sealed = await copies(page)
  await follow(form, '.keep a[href*="#amend="]', '#earlier')
  const said = await page.evaluate(() => document.querySelector('#earlier')?.textContent)
  await picture(page, order.pictures, 'amending')
  await form.enter(order.change[0], order.change[1])
  // Loading the page again loses neither what was typed nor which submission it amends.
  const before = await typed(page)
  await page.reload({ waitUntil: 'load' })
  await page.waitForSelector('#back')
  const reloaded = { before, after: await typed(page), earlier: (await page.$$('#earlier')).length }
  await form.toReview()
  const amended = await form.send(downloads)
  await page.waitForSelector('.keep a[href*="#withdraw="]')
  const title = await page.evaluate(() => document.querySelector('#receipt h2')?.textContent)

  // The list says what became of the first, and leads on from the second.
  await receipts(page)
  const listed = await list(page)
  await picture(page, order.pictures, 'amended')

  // Amending begins in the list, too: the form stands there as it was sent last.
  await follow(form, `[data-reference="${amended.reference}"] a[href*="#amend="]`, '#earlier')
  await page.waitForFunction(([name, value]) => document.querySelector(`[name=${JSON.stringify(name)}]`)?.value === value, {}, order.change)
  const again = await page.evaluate(() => document.querySelector('#earlier')?.textContent)
  await receipts(page)
  await follow(form, `[data-reference="${amended.reference}"] a[href*="#withdraw="]`, '#withdrawal')
  const asked = await page.evaluate(() => ({ words: document.querySelector('#withdrawal')?.textContent, focus: document.activeElement?.tagName, fields: [...document.querySelectorAll('#form [data-kind]')].filter(field => field.checkVisibility()).length }))
  await picture(page, order.pictures, 'withdrawal')
  const withdrawn = await form.send(downloads, undefined, '[data-withdraw]')
  await page.waitForSelector('.keep [role=status] a')
  await page.waitForSelector('#copy svg')
  const copy = await page.evaluate(() => document.querySelector('#copy')?.textContent)
  await picture(page, order.pictures, 'withdrawn')
  await receipts(page)
  const after = await list(page)

  // The old address does not withdraw twice, and a device that keeps nothing says so.
  await page.goto(`${order.portal}/${order.service}/form/#withdraw=${amended.reference}`, { waitUntil: 'load' })
  await page.waitForSelector('#earlier')
  const twice = await page.evaluate(() => document.querySelector('#earlier')?.textContent)
  await page.goto(`${order.portal}/en/${order.service}/form/#amend=00000-00000`, { waitUntil: 'load' })
  await page.waitForSelector('#earlier')
  const stranger = await page.evaluate(() => document.querySelector('#earlier')?.textContent)
  complaints.push(...form.faults)
  return { sent, sealed, said, reloaded, amended, title, listed, again, asked, withdrawn, copy, after, twice, stranger, complaints }
})
console.log(JSON.stringify(result))

/** Takes a link and waits for what it leads to. @param {Form} form @param {string} link @param {string} there */
async function follow(form, link, there) {
  await form.page.waitForSelector(link)
  await form.press(link, 'Enter')
  await form.page.waitForSelector(there)
}

/** @param {import('puppeteer-core').Page} page */
async function receipts(page) {
  await page.goto(`${order.portal}/receipts/`, { waitUntil: 'load' })
  await page.waitForSelector('body[data-state="ready"]')
}

/** Each kept receipt: what became of it, and the ways on. @param {import('puppeteer-core').Page} page */
function list(page) {
  return page.evaluate(() =>
    [...document.querySelectorAll('#kept li')].map(item => ({
      reference: item.getAttribute('data-reference'),
      words: item.textContent,
      follower: item.querySelector('[data-follower]')?.getAttribute('data-follower'),
      ways: [...item.querySelectorAll('a[href*="#"]')].map(link => link.getAttribute('href')),
    })),
  )
}

/** The copies that are kept, as bytes, and whether their keys can be taken out. @param {import('puppeteer-core').Page} page */
async function copies(page) {
  const records = await recordsOf(page, 'motcua', 'cases')
  return records.map(({ copy }) => ({ extractable: copy.key.extractable, bytes: copy.sealed }))
}
