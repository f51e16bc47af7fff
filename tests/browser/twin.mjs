// One application, and after its receipt the twin's, on the same page.
// In: an Order with `service`, `lang`, `type` (the first application) and `twin` (what is typed for the second).
// Out: {first, left, second, complaints}; `left` is what the page holds, by input, when the second begins.

import { Form, openPage, readOrder, withBrowser } from './driver.mjs'

const order = await readOrder()
const result = await withBrowser(order.browser, async browser => {
  const { page, complaints, downloads } = await openPage(browser, order.now)
  const form = await Form.open(page, order.portal, order.service, order.lang)
  for (const [name, value] of order.type) await form.enter(name, value)
  await form.toReview()
  const first = await form.send(downloads)
  await page.waitForSelector('[data-again]')
  await form.press('[data-again]', 'Enter')
  await page.waitForSelector('body[data-state="ready"]')
  const left = await page.$$eval('#form [name]', inputs =>
    Object.fromEntries(
      inputs
        .filter(input => input instanceof HTMLInputElement || input instanceof HTMLSelectElement)
        .filter(input => !(input instanceof HTMLInputElement && /radio|checkbox/.test(input.type)) || input.checked)
        .map(input => [input.name, input.value]),
    ),
  )
  for (const [name, value] of order.twin) await form.enter(name, value)
  await form.toReview()
  const second = await form.send(downloads)
  const earlier = await page.$$eval('#receipt a[download]', links => links.map(link => link.getAttribute('download')))
  return { first, left, second, earlier, complaints }
})
console.log(JSON.stringify(result))
