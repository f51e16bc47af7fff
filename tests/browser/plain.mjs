// A form's page as people without script see it, and as it is printed: empty, and by a person who has filled it in.
// In: an Order with `service`, perhaps `type` (a scenario's) and `paper`, the folder for what is printed.
// Out: {onScreen, onPaper: {sections: [{id, seen}], fields: [{id, seen, inputs}], words}, empty, filled (PDF files), complaints}.

import { join } from 'node:path'
import { Form, asMedium, openPage, readOrder, withBrowser } from './driver.mjs'

const order = await readOrder()
const result = await withBrowser(order.browser, async browser => {
  const { page, complaints } = await openPage(browser, order.now)
  await page.setJavaScriptEnabled(false)
  await page.goto(`${order.portal}/${order.service}/form/`, { waitUntil: 'load' })
  const onScreen = await look(page)
  await asMedium(page, 'print', order.browser)
  const onPaper = await look(page)
  const empty = join(order.paper, `${order.service}-empty.pdf`)
  await page.pdf({ preferCSSPageSize: true, path: empty })
  return { onScreen, onPaper, empty, complaints, filled: order.type && (await printFilled(browser)) }
})
console.log(JSON.stringify(result))

/** At the review, which is not what is printed. @param {import('puppeteer-core').Browser} browser */
async function printFilled(browser) {
  const { page } = await openPage(browser, order.now)
  const form = await Form.open(page, order.portal, order.service, 'vi')
  for (const [name, value] of order.type) await form.enter(name, value)
  await form.toReview()
  const path = join(order.paper, `${order.service}-filled.pdf`)
  await page.pdf({ preferCSSPageSize: true, path })
  return path
}

/**
 * The page's own script is off; what is evaluated here is ours.
 *
 * @param {import('puppeteer-core').Page} page
 */
function look(page) {
  return page.evaluate(() => {
    /** @param {Element} element */
    const seen = element => element.checkVisibility({ visibilityProperty: true }) && element.getClientRects().length > 0
    /** @param {string} selector @param {(element: Element) => string | null | undefined} idOf */
    const told = (selector, idOf) =>
      [...document.querySelectorAll(selector)].map(element => ({
        id: idOf(element),
        seen: seen(element),
        // A label or legend that is seen, and something to write into or to tick.
        label: [...element.querySelectorAll('label, legend, h2')].some(seen),
        inputs: [...element.querySelectorAll('input, select, textarea, output')].filter(seen).length,
      }))
    const sections = told('#form [data-section]', element => element.getAttribute('data-section'))
    // A question's id is that of its group of inputs, or of its only one.
    const fields = told('#form [data-kind]', element => element.id || element.querySelector('[id]')?.id)
    return { sections, fields, words: document.body.innerText }
  })
}
