// A service that some agencies alone take: what its page offers, also to somebody whom a link sends with another agency.
// In: an Order with `service`, `other` (an agency that does not take it). Out: see tests/tests/only.rs.

import { Form, openPage, readOrder, withBrowser } from './driver.mjs'

const LIST = '#agency'

const order = await readOrder()
const result = await withBrowser(order.browser, async browser => {
  const { page, complaints } = await openPage(browser, order.now)
  const form = await Form.open(page, order.portal, order.service, 'vi')
  await page.waitForSelector(`select${LIST}`)
  const offered = await page.$eval(LIST, list => {
    if (!(list instanceof HTMLSelectElement)) return null
    const districts = [...list.querySelectorAll('optgroup')].map(({ label }) => label)
    return { districts, codes: [...list.options].map(({ value }) => value).filter(Boolean) }
  })
  // The list is short now: nothing has to be searched for.
  const pickers = (await page.$$('[data-kind=agency] [data-pick]')).length
  await form.enter('agency', offered?.codes[0] ?? '')
  const chosen = await page.$eval(LIST, list => list instanceof HTMLSelectElement && list.value)
  const { page: led } = await openPage(browser, order.now)
  await led.goto(`${order.portal}/${order.service}/form/#agency=${order.other}`, { waitUntil: 'load' })
  await led.waitForSelector(`select${LIST}`)
  const sent = await led.$eval(LIST, list => list instanceof HTMLSelectElement && list.value)
  return { offered, pickers, chosen, sent, complaints }
})
console.log(JSON.stringify(result))
