// A form's page at several moments, and one that is opened just before the form opens.
// In: an Order with `service`, `moments` (seconds since 1970) and `opens`. Out: {moments: [{form, words}], waited}: whether
// the form is seen, what the notice about the times says; whether the form came by itself.

import { openPage, readOrder, withBrowser } from './driver.mjs'

/** The page is opened so many seconds before. */
const EARLY_S = 4

const order = await readOrder()
const result = await withBrowser(order.browser, async browser => {
  /** @param {number} now */
  const open = async now => {
    const { page } = await openPage(browser, now)
    await page.goto(`${order.portal}/${order.service}/form/`, { waitUntil: 'load' })
    await page.waitForSelector('body[data-state="ready"]')
    return page
  }
  const seen = () => {
    const form = document.querySelector('#form')
    const notice = document.querySelector('#opening')
    return { form: form?.checkVisibility(), words: notice instanceof HTMLElement ? notice.innerText : '' }
  }
  const moments = []
  for (const moment of order.moments) moments.push(await (await open(moment)).evaluate(seen))
  const page = await open(order.opens - EARLY_S)
  const early = await page.evaluate(seen)
  await page.waitForFunction(() => document.querySelector('#form')?.checkVisibility())
  return { moments, waited: early.form === false }
})
console.log(JSON.stringify(result))
