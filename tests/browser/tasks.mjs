// The sections as a list of tasks: what it says of each, and the ways that it opens.
// In: an Order with `service`, `type` (a scenario's). Out: see tests/tests/tasks.rs.

import { Form, openPage, picture, readOrder, withBrowser } from './driver.mjs'

const TASKS = '#tasks'

const order = await readOrder()
const result = await withBrowser(order.browser, async browser => {
  const { page, complaints, downloads } = await openPage(browser, order.now)
  await page.setViewport({ width: 360, height: 740 })
  const form = await Form.open(page, order.portal, order.service, 'vi')
  await page.waitForSelector(TASKS)
  const closed = await form.sees(`${TASKS} li`)
  const first = await told(form)
  await picture(page, order.pictures, 'tasks')

  // To the third section before the second: its heading is read out, and the way back is the browser's.
  await follow(form, 2)
  const jumped = { where: await form.where(), focus: await page.evaluate(() => document.activeElement?.textContent) }
  await page.goBack()
  await page.waitForFunction(() => document.querySelector('#form [data-section]')?.checkVisibility())
  const back = await form.where()

  // Filled in from there as it comes; every section says that it is done, and the last line opens the review.
  let left = order.type
  const lines = (await told(form)).length
  for (let at = 0; left[0] && at < lines; at++) {
    left = await form.fillStep(left)
    if (left[0]) await form.next()
  }
  const done = await told(form)
  await picture(page, order.pictures, 'tasks-done')
  await follow(form, done.length - 1)
  await page.waitForSelector('body[data-state="review"]')
  const review = await told(form)
  const sent = await form.send(downloads)
  const after = await form.sees(TASKS)
  return { closed, first, jumped, back, done, review, sent, after, complaints }
})
console.log(JSON.stringify(result))

/** Opens the list if it is closed. @param {Form} form */
async function open(form) {
  if (!(await form.sees(`${TASKS} li`))) await form.press(`${TASKS} summary`, 'Enter')
  await form.page.waitForSelector(`${TASKS} li`)
}

/** Each line: its title, its state, whether it is where the person is, whether it can be pressed. @param {Form} form */
async function told(form) {
  await open(form)
  return form.page.$$eval(`${TASKS} li`, lines =>
    lines.map(line => ({
      title: line.firstElementChild?.textContent,
      state: line.querySelector('.state')?.textContent,
      isHere: line.getAttribute('aria-current') === 'step',
      opens: line.querySelector('button') !== null,
    })),
  )
}

/** Takes the way of one line. @param {Form} form @param {number} index */
async function follow(form, index) {
  await open(form)
  const before = await form.where()
  await form.press(`${TASKS} li:nth-child(${index + 1}) button`, 'Enter')
  await form.page.waitForFunction(
    before => {
      const step = [...document.querySelectorAll('#form [data-section]')].find(section => section.checkVisibility())
      return step?.getAttribute('data-section') !== before
    },
    {},
    before,
  )
}
