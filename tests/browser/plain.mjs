// A form's page as people without script see it, and as it is printed.
// In: an Order with `service`. Out: {sections: [{id, seen}], fields: [{id, seen, inputs}], controls, words, printed}.

import { openPage, readOrder, withBrowser } from './driver.mjs'

const order = await readOrder()
const result = await withBrowser(order.chromium, async browser => {
  const { page, complaints } = await openPage(browser, order.now)
  await page.setJavaScriptEnabled(false)
  await page.goto(`${order.portal}/${order.service}/form/`, { waitUntil: 'load' })
  const onScreen = await look(page)
  await page.emulateMediaType('print')
  const onPaper = await look(page)
  const pdf = await page.pdf({ format: 'A4' })
  return { onScreen, onPaper, pdfBytes: pdf.length, complaints }
})
console.log(JSON.stringify(result))

/**
 * The page's own script is off; what is evaluated here is ours.
 *
 * @param {import('puppeteer-core').Page} page
 */
function look(page) {
  return page.evaluate(() => {
    /** @param {Element} element */
    const seen = element => element.checkVisibility({ visibilityProperty: true }) && element.getClientRects().length > 0
    const data = /** @param {string} name */ name =>
      [...document.querySelectorAll(`#form [data-${name}]`)].map(element => ({
        id: element.getAttribute(`data-${name}`),
        seen: seen(element),
        // A label or legend that is seen, and something to write into or to tick.
        label: [...element.querySelectorAll('label, legend, h2')].some(seen),
        inputs: [...element.querySelectorAll('input, select, textarea, output')].filter(seen).length,
      }))
    return { sections: data('section'), fields: data('field'), words: document.body.innerText }
  })
}
