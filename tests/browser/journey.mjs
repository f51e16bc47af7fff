// Each scenario from its first question to its receipt, one after the other in one browser.
// In: an Order with `journeys: [{id, service, lang, type: [[name, value], …]}]` and `ahead`, the seconds by which the
// persons' computers are wrong. Out: [{id, reference, receipt, download, complaints} | {id, failure, picture}].

import { Form, openPage, picture, readOrder, withBrowser } from './driver.mjs'

const order = await readOrder()
const results = await withBrowser(order.browser, async browser => {
  const results = []
  for (const journey of order.journeys) {
    // The city's clock has gone on while earlier journeys were made.
    const now = order.now + (order.ahead ?? 0) + performance.now() / 1000
    const { context, page, complaints, downloads } = await openPage(browser, now)
    try {
      const form = await Form.open(page, order.portal, journey.service, journey.lang)
      for (const [name, value] of journey.type) await form.enter(name, value)
      await form.toReview()
      const sent = await form.send(downloads)
      results.push({ id: journey.id, ...sent, complaints })
    } catch (failure) {
      const where = await picture(page, order.pictures, `journey-${journey.id}`).catch(String)
      results.push({ id: journey.id, failure: String(failure), picture: where, complaints })
    }
    await context.close()
  }
  return results
})
console.log(JSON.stringify(results))
