// Pages that were opened, filled in and left lying: each is sent when its turn comes, whatever was published meanwhile.
// In: an Order with `journeys: [{id, service, lang, type, turn}]`, `turn` being a file that appears when it is time, and
// `ready`, a file that is written when all pages stand at their review. Out: [{id, reference, receipt, download} |
// {id, failure}], the failure in the words that the page says.

import { existsSync, writeFileSync } from 'node:fs'
import { Form, openPage, readOrder, withBrowser } from './driver.mjs'

/** @param {string} path */
async function appears(path) {
  while (!existsSync(path)) await new Promise(done => setTimeout(done, 100))
}

const order = await readOrder()
const results = await withBrowser(order.browser, async browser => {
  const held = []
  for (const journey of order.journeys) {
    const { page, downloads } = await openPage(browser, order.now + performance.now() / 1000)
    const form = await Form.open(page, order.portal, journey.service, journey.lang)
    for (const [name, value] of journey.type) await form.enter(name, value)
    await form.toReview()
    held.push({ journey, form, downloads })
  }
  writeFileSync(order.ready, '')
  const results = []
  for (const { journey, form, downloads } of held) {
    await appears(journey.turn)
    // In one browser only the tab in front is drawn.
    await form.page.bringToFront()
    const sent = await form.send(downloads).catch(async failure => {
      const said = await form.page.$eval('#status', status => status.textContent)
      return { failure: said || String(failure) }
    })
    results.push({ id: journey.id, ...sent })
  }
  return results
})
console.log(JSON.stringify(results))
