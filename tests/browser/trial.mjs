// One application from the service's page to the receipt, and what each page on the way says.
// In: an Order with `journeys: [{id, service, lang, type, agency}]`, `agency` being the path of the agency's page. Out:
// [{id, home, service, agency, form, review, printed, page, receipt, download, reference}]: what is seen on the home page, the
// service's, the agency's, the form's, the review, the review on paper, the page of the receipt; the receipt itself.

import { Form, asMedium, openPage, readOrder, withBrowser } from './driver.mjs'

const order = await readOrder()

/** What a person sees, in small letters. @param {import('puppeteer-core').Page} page */
const seen = page => page.evaluate(() => document.body.innerText.toLowerCase())

const results = await withBrowser(order.browser, async browser => {
  const results = []
  for (const { id, service, lang, type, agency } of order.journeys) {
    const { page, downloads } = await openPage(browser, order.now + performance.now() / 1000)
    const read = async (/** @type {string} */ path) => {
      await page.goto(order.portal + path, { waitUntil: 'load' })
      return seen(page)
    }
    const pages = { home: await read('/'), service: await read(`/${service}/`), agency: await read(agency) }
    const form = await Form.open(page, order.portal, service, lang)
    const opened = await seen(page)
    for (const [name, value] of type) await form.enter(name, value)
    await form.toReview()
    const review = await seen(page)
    await asMedium(page, 'print', order.browser)
    const printed = await seen(page)
    await asMedium(page, 'screen', order.browser)
    const sent = await form.send(downloads)
    results.push({ id, ...pages, form: opened, review, printed, page: await seen(page), ...sent })
  }
  return results
})
console.log(JSON.stringify(results))
