// Each scenario from its first question to its receipt, one after the other in one browser.
// In: an Order with `journeys: [{id, service, lang, type: [[name, value], …], byKeyboard}]`, the last whether the person has nothing but
// a keyboard, `ahead`, the seconds by which the persons' computers are wrong, and perhaps `planted`, script that puts something wrong
// into each page.
// Out: [{id, reference, receipt, download, told: {rows: [{id, label}], readers: [[office, labels]]}, complaints, stops} | {id, failure, picture}]; by keyboard `complaints` tells of the focus, too,
// and `stops` how often it was looked at.

import { Form, openPage, picture, readOrder, withBrowser } from './driver.mjs'
import { KeyboardForm } from './keyboard.mjs'

const order = await readOrder()
const results = await withBrowser(order.browser, async browser => {
  const results = []
  for (const journey of order.journeys) {
    // The city's clock has gone on while earlier journeys were made.
    const now = order.now + (order.ahead ?? 0) + performance.now() / 1000
    const { context, page, complaints, downloads } = await openPage(browser, now)
    try {
      const Person = journey.byKeyboard ? KeyboardForm : Form
      const form = await Person.open(page, order.portal, journey.service, journey.lang)
      if (order.planted) await page.evaluate(order.planted)
      if (form instanceof KeyboardForm) await form.missesAll()
      for (const [name, value] of journey.type) await form.enter(name, value)
      await form.toReview()
      const told = await page.evaluate(toldAtReview)
      const sent = await form.send(downloads)
      if (form instanceof KeyboardForm) complaints.push(...form.faults)
      results.push({ id: journey.id, ...sent, told, complaints, stops: form instanceof KeyboardForm ? form.stops : 0 })
    } catch (failure) {
      const where = await picture(page, order.pictures, `journey-${journey.id}`).catch(String)
      results.push({ id: journey.id, failure: String(failure), picture: where, complaints })
    }
    await context.close()
  }
  return results
})
console.log(JSON.stringify(results))

/** In the page: the questions that the review repeats, and which office is said to get the answers to which. */
function toldAtReview() {
  const text = (/** @type {Element | null | undefined} */ element) => element?.textContent?.trim() ?? ''
  const computed = [...document.querySelectorAll('[data-kind=computed]')]
  const rows = [...document.querySelectorAll('#answers dt')].map(row => {
    const label = text(row)
    const button = row.nextElementSibling?.querySelector('[data-change]')
    // What is worked out has no way back to it.
    const field = button ? undefined : computed.find(field => text(field).startsWith(label))
    return { id: button?.getAttribute('data-change') ?? field?.getAttribute('data-field') ?? '', label }
  })
  const readers = [...document.querySelectorAll('#readers dt')].map(office => [text(office), text(office.nextElementSibling)])
  return { rows, readers }
}
