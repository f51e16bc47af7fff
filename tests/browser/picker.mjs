// A ward among 584, found by typing a part of its name: by keyboard, by touch, and as assistive technology is told of it.
// In: an Order with `service`. Out: see tests/tests/picker.rs.

import { Form, openPage, readOrder, withBrowser } from './driver.mjs'

const LIST = '#agency'
const OPEN = '[data-kind=agency] [data-pick]'
const DIALOGUE = '#picker[open]'

const order = await readOrder()
/** Firefox hands out no accessibility tree, has no touch here and cannot be told to do without script. */
const isChromium = order.browser.engine === 'chromium'
const result = await withBrowser(order.browser, async browser => {
  const { page, complaints } = await openPage(browser, order.now)
  await page.setViewport({ width: 360, height: 740, hasTouch: isChromium })
  await Form.open(page, order.portal, order.service, 'vi')
  await page.waitForSelector(OPEN)
  const before = await chosen(page)

  // By keyboard alone: the next stop after the list, Enter, a name, the next stop, Enter.
  await page.focus(LIST)
  await page.keyboard.press('Tab')
  await page.keyboard.press('Enter')
  await page.waitForSelector(DIALOGUE)
  await page.keyboard.type('dong mai ha dong')
  const found = await offered(page)
  const told = isChromium ? await accessible(page) : null
  const nameless = await page.$eval('#form', form =>
    [...(form instanceof HTMLFormElement ? form.elements : [])].filter(control => control.matches('input, select, textarea') && !control.getAttribute('name')).length,
  )
  await page.keyboard.press('Tab')
  await page.keyboard.press('Enter')
  const byKeyboard = await after(page)

  await open(page, 'phu laa')
  await page.keyboard.press('Enter')
  const byEnter = await after(page)

  await open(page, 'van quan')
  if (isChromium) await page.tap('#picker li button')
  else await page.click('#picker li button')
  const byTouch = await after(page)

  await open(page, 'xyzxyz')
  await page.keyboard.press('Enter')
  const none = await offered(page)
  await page.keyboard.press('Escape')
  const closed = await after(page)

  const without = isChromium ? await withoutScript(browser) : null
  return { before, told, found, nameless, byKeyboard, byEnter, byTouch, none, closed, without, complaints }
})
console.log(JSON.stringify(result))

/** @param {import('puppeteer-core').Page} page @param {string} name - what is typed */
async function open(page, name) {
  await page.focus(OPEN)
  await page.keyboard.press('Enter')
  await page.waitForSelector(DIALOGUE)
  await page.keyboard.type(name)
}

/** What is said and offered for what was typed. @param {import('puppeteer-core').Page} page */
async function offered(page) {
  await page.waitForFunction(() => document.querySelector('#picker [role=status]')?.textContent)
  return page.evaluate(() => ({
    said: document.querySelector('#picker [role=status]')?.textContent,
    names: [...document.querySelectorAll('#picker li')].map(line => line.textContent),
  }))
}

/** What the native list says once the dialogue is closed, and who has the focus. @param {import('puppeteer-core').Page} page */
async function after(page) {
  await page.waitForFunction(() => !document.querySelector('#picker'))
  const focus = await page.evaluate(() => document.activeElement?.tagName.toLowerCase())
  return [await chosen(page), focus]
}

/** @param {import('puppeteer-core').Page} page */
function chosen(page) {
  return page.$eval(LIST, list => list instanceof HTMLSelectElement && list.selectedOptions[0]?.text)
}

/** The dialogue in the accessibility tree, as role and name. @param {import('puppeteer-core').Page} page */
async function accessible(page) {
  const root = await page.$('#picker')
  const tree = await page.accessibility.snapshot({ root: root ?? undefined, interestingOnly: false })
  /** @type {string[][]} */
  const told = []
  /** @param {import('puppeteer-core').SerializedAXNode | null} node */
  const walk = node => {
    if (node && ['dialog', 'textbox', 'status', 'button'].includes(node.role)) told.push([node.role, node.name ?? ''])
    node?.children?.forEach(walk)
  }
  walk(tree)
  return told
}

/** How many buttons there are, and lines to write on instead of the list. @param {import('puppeteer-core').Browser} browser */
async function withoutScript(browser) {
  const { page } = await openPage(browser, order.now)
  await page.setJavaScriptEnabled(false)
  await page.goto(`${order.portal}/${order.service}/form/`, { waitUntil: 'load' })
  return page.evaluate(list => [document.querySelectorAll('[data-pick]').length, document.querySelectorAll(`input${list}`).length], LIST)
}
