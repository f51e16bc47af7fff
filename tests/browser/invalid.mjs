// Types one wrong value after the other and reports what the page says at the field.
// In: an Order with `cases: [{id, service, type: [[name, value], …], changed: [name], field}]`: what is right goes in
// at once, what is `changed` is typed.
// Out: [{id, errors: {field: words}, where, summary: [{href, text}]} | {id, failure, picture}].

import { Form, openPage, picture, readOrder, withBrowser } from './driver.mjs'

const order = await readOrder()
const results = await withBrowser(order.browser, async browser => {
  const results = []
  for (const wrong of order.cases) {
    const { context, page } = await openPage(browser, order.now)
    try {
      const form = await Form.open(page, order.portal, wrong.service, 'vi')
      results.push({ id: wrong.id, ...(await provoke(form, wrong)) })
    } catch (failure) {
      const where = await picture(page, order.pictures, `invalid-${wrong.id}`).catch(String)
      results.push({ id: wrong.id, failure: String(failure), picture: where })
    }
    await context.close()
  }
  return results
})
console.log(JSON.stringify(results))

/**
 * Types until the page stops the person at the field, or to the review, where nothing that was said is forgotten.
 *
 * @param {Form} form
 * @param {{field: string, type: [string, string | boolean][], changed: string[]}} wrong
 */
async function provoke(form, wrong) {
  try {
    await enterAll(form, wrong)
    await form.toReview()
  } catch (failure) {
    // The page did not go on: because of this field, or the case is no good.
    if (!(wrong.field in (await form.errors()))) throw failure
  }
  return { errors: await form.errors(), where: await form.where(), summary: await form.summary() }
}

/**
 * @param {Form} form
 * @param {{type: [string, string | boolean][], changed: string[]}} wrong
 */
async function enterAll(form, { type, changed }) {
  for (let at = 0; at < type.length; ) {
    const next = type.findIndex(([name], index) => index >= at && changed.includes(name))
    const end = next === -1 ? type.length : next
    at += await form.fill(type.slice(at, end))
    if (at === type.length) return
    // What another step asks goes in there at once, too.
    if (at < end && (await form.goesTo(type[at][0]))) continue
    // Typed for real: what the case is about, and whatever has first to be waited for.
    await form.enter(...type[at++])
  }
}
