// Every kind of field filled in at the width of a small telephone, seen in the review, on paper, and sent.
// In: an Order with `service`, `type` and `review` (field ids). Out: {review: {field: words}, papers: [id], wide: [step],
// printed, first, complaints}: `wide` are the steps that are wider than the screen, `printed` the height that a text
// of several lines has on paper beside that of its content.

import { Form, asMedium, openPage, readOrder, withBrowser } from './driver.mjs'

const order = await readOrder()
const result = await withBrowser(order.browser, async browser => {
  const { page, complaints, downloads } = await openPage(browser, order.now)
  await page.setViewport({ width: 320, height: 640 })
  const form = await Form.open(page, order.portal, order.service, 'vi')
  /** @type {string[]} */
  const wide = []
  const look = async () => {
    const scrolls = await page.evaluate(() => document.documentElement.scrollWidth > document.documentElement.clientWidth)
    if (scrolls) wide.push(await form.where())
  }
  for (const [name, value] of order.type) {
    await form.enter(name, value)
    await look()
  }
  await asMedium(page, 'print', order.browser)
  const printed = await page.$eval('textarea', box => ({ shown: box.clientHeight, content: box.scrollHeight }))
  await asMedium(page, 'screen', order.browser)
  await form.toReview()
  await look()
  const review = await page.evaluate(
    ids =>
      Object.fromEntries(
        ids.map(id => {
          const row = document.querySelector(`#answers [data-change="${id}"]`)?.parentElement
          // What is worked out has no way back to it: its row is known by its question.
          const label = document.querySelector(`[data-field="${id}"] label`)?.textContent
          const term = [...document.querySelectorAll('#answers dt')].find(dt => dt.textContent === label)
          const words = row ?? term?.nextElementSibling
          return [id, words?.firstChild?.textContent?.trim() ?? '']
        }),
      ),
    order.review,
  )
  const papers = await page.$$eval('[data-attachment]', lines =>
    lines.filter(line => line.checkVisibility()).map(line => line.getAttribute('data-attachment')),
  )
  const sent = await form.send(downloads)
  return { review, papers, wide, printed, sent, complaints }
})
console.log(JSON.stringify(result))
