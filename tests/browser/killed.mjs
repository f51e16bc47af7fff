// The tab is killed between the last answer and the receipt: nothing is lost, nothing is sent twice.
// In: an Order with `service` and `type` (a scenario's). Out: see tests/tests/killed.rs.

import { Form, anotherPage, crash, openPage, readOrder, withBrowser } from './driver.mjs'
import { recordsOf } from './device.mjs'

const order = await readOrder()
/** What a browser says of an address where the relay has nothing yet. */
const EXPECTED = /404 .*\/v1\/submissions\//

const result = await withBrowser(order.browser, async browser => {
  const { page, context, complaints } = await openPage(browser, order.now)
  let tab = page
  let form = await Form.open(tab, order.portal, order.service, 'vi')
  await press('draft-ask')
  await press('draft-keep')
  await tab.waitForSelector('[data-draft-erase]')
  await form.fillAll(order.type)

  /** @type {Record<string, {drafts: number, waiting: number, kept: number}>} */
  const deaths = {}
  for (const [state, stops] of /** @type {[string, () => void][]} */ ([['review', () => {}], ['sealing', neverSeals], ['sending', neverHears]])) {
    await tab.evaluate(stops)
    if (state !== 'review') {
      await press('send')
      await tab.waitForFunction(() => 'isStopped' in globalThis)
    }
    await another(state)
    form = await Form.open(tab, order.portal, order.service, 'vi')
    if (state === 'sending') break
    await press('draft-open')
    await tab.waitForSelector('[data-draft-open]', { hidden: true })
    await form.toReview()
  }

  // The relay has it: who comes back is told that something waits, and gets the receipt for it.
  await tab.waitForSelector('#waits a')
  await tab.goto(`${order.portal}/receipts/`, { waitUntil: 'load' })
  const [{ id }] = await recordsOf(tab, 'motcua-outbox', 'waiting')
  await tab.waitForSelector('#waiting button')
  await tab.focus('#waiting button')
  await tab.keyboard.press('Enter')
  await tab.waitForSelector('#kept li a[download]')
  await another('receipt')
  return { id, deaths, complaints: complaints.filter(line => !EXPECTED.test(line)) }

  /** @param {string} mark */
  async function press(mark) {
    await tab.waitForSelector(`[data-${mark}]`)
    await tab.focus(`[data-${mark}]`)
    await tab.keyboard.press('Enter')
  }

  /** Kills the tab and opens another; notes what lies on the device then. @param {string} state */
  async function another(state) {
    await crash(tab, order.browser)
    const next = await anotherPage(context, order.now)
    tab = next.page
    complaints.push(...next.complaints)
    await tab.goto(`${order.portal}/verify/`, { waitUntil: 'load' })
    deaths[state] = {
      drafts: (await recordsOf(tab, 'motcua-drafts', 'drafts')).length,
      waiting: (await recordsOf(tab, 'motcua-outbox', 'waiting')).length,
      kept: (await recordsOf(tab, 'motcua', 'cases')).length,
    }
  }
})
console.log(JSON.stringify(result))

/** In the page: sealing begins and does not end. */
function neverSeals() {
  SubtleCrypto.prototype.encrypt = () => {
    Object.assign(globalThis, { isStopped: true })
    return new Promise(() => {})
  }
}

/** In the page: the relay answers what is sent, and the page never hears it. */
function neverHears() {
  const ask = fetch
  globalThis.fetch = async (address, options) => {
    const answer = await ask(address, options)
    if (options?.method !== 'POST') return answer
    Object.assign(globalThis, { isStopped: true })
    return new Promise(() => {})
  }
}
