// Every page in every state that matters: judged by axe-core, as wide as the screen, without colours of its own, without motion, and
// heard through the accessibility tree.
// In: an Order with `pages` (paths), `journeys` ({service, lang, type, now}, `sent`, whether it goes on to the receipt and beyond, `waits`, whether as far as waiting for a network),
// `files` ({paper, good, bad}: chosen at the review of the one that is sent) and perhaps `planted`, script that puts something wrong into
// each page. Out: {looked: how many pages × states, found: [{page, state, rule, help, nodes}], heard: [{state, focus, alert, wrong}]}.

import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { Form, anotherPage, openPage, readOrder, withBrowser } from './driver.mjs'
import { heard } from './heard.mjs'

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
/** WCAG 2.2 AA, and what axe's makers hold to be good practice. */
const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']
/** A screen of 1280 × 1024 at 400 % (WCAG 1.4.10), in CSS pixels. */
const ZOOMED = { width: 320, height: 256, deviceScaleFactor: 4 }

const order = await readOrder()
/** @type {{page: string, state: string, rule: string, help: string, nodes: string[]}[]} */
const found = []
/** @type {{state: string, focus: string, alert: string}[]} */
const said = []
let looked = 0

/** @param {import('puppeteer-core').Page} page @param {Record<string, string>} features - media features; none: the browser's own */
async function emulate(page, features) {
  const client = await page.createCDPSession()
  await client.send('Emulation.setEmulatedMedia', { features: Object.entries(features).map(([name, value]) => ({ name, value })) })
  await client.detach()
}

/** @param {import('puppeteer-core').Page} page @param {string} path @param {string} state @param {string[]} only - rules; none: all */
async function judge(page, path, state, only = []) {
  await page.evaluate(AXE)
  // `preload` would fetch the style again, and wait for that.
  const { violations, wide } = await page.evaluate(async (tags, only) => {
    // @ts-ignore: axe is a global of its script
    const { violations } = await axe.run(document, { runOnly: only[0] ? only : tags, resultTypes: ['violations'], preload: false })
    return { violations, wide: document.documentElement.scrollWidth - innerWidth }
  }, TAGS, only)
  looked++
  for (const { id, help, nodes } of violations) {
    found.push({ page: path, state, rule: id, help, nodes: nodes.map(/** @param {any} node */ node => node.html.slice(0, 200)) })
  }
  if (wide > 0) found.push({ page: path, state, rule: 'narrow', help: `${wide} px wider than the screen`, nodes: [] })
}

/** As every eye and ear may meet it. @param {import('puppeteer-core').Page} page @param {string} path @param {string} state */
async function judgeAll(page, path, state) {
  if (order.planted) await page.evaluate(order.planted)
  await emulate(page, { 'prefers-color-scheme': 'light', 'prefers-reduced-motion': 'reduce' })
  await judge(page, path, state)
  const moving = await page.evaluate(movingParts)
  if (moving[0]) found.push({ page: path, state, rule: 'motion', help: 'moves although less motion is asked for', nodes: moving })
  // The night has other colours and nothing else.
  await emulate(page, { 'prefers-color-scheme': 'dark' })
  await judge(page, path, `${state}, dark`, ['color-contrast'])
  await emulate(page, { 'forced-colors': 'active' })
  const lost = await page.evaluate(lostWithoutColours)
  if (lost[0]) found.push({ page: path, state, rule: 'forced-colors', help: 'cannot be told without its colours', nodes: lost })
  await emulate(page, {})
  const { faults, ...its } = await heard(page)
  if (faults[0]) found.push({ page: path, state, rule: 'heard', help: 'cannot be understood by ear', nodes: faults })
  said.push({ state, ...its })
}

/** Runs in the page: what is animated. */
function movingParts() {
  const moving = document.getAnimations().filter(({ effect }) => Number(effect?.getComputedTiming().duration) > 0)
  const parts = moving.map(({ effect }) => (effect instanceof KeyframeEffect ? (effect.target?.outerHTML.slice(0, 100) ?? '') : ''))
  return getComputedStyle(document.documentElement).scrollBehavior === 'smooth' ? [...parts, 'scrolling'] : parts
}

/** Runs in the page: what has neither a border nor an underline, and was told by its ground alone. */
function lostWithoutColours() {
  const marked = 'button, a.button, input:not([type=radio], [type=checkbox], [type=file]), select, textarea, .notice, .summary, .option, [data-kind]:has(> .error)'
  return [...document.querySelectorAll(marked)]
    .filter(element => element.checkVisibility() && element.getClientRects().length > 0)
    .filter(element => {
      const style = getComputedStyle(element)
      const sides = /** @type {const} */ (['Top', 'Right', 'Bottom', 'Left'])
      // The system gives a border a colour that is seen, whatever it was.
      const hasBorder = sides.some(side => style[`border${side}Style`] !== 'none' && parseFloat(style[`border${side}Width`]) >= 1)
      return !hasBorder && !style.textDecorationLine.includes('underline')
    })
    .map(element => element.outerHTML.slice(0, 200))
}

await withBrowser(order.browser, async browser => {
  const { page } = await openPage(browser, order.now)
  await page.setViewport(ZOOMED)
  for (const path of order.pages) {
    await page.goto(order.portal + path, { waitUntil: 'load' })
    if (path.endsWith('/form/')) await page.waitForSelector('body:not([data-state="loading"])')
    await judgeAll(page, path, 'opened')
  }
  if (!order.planted) await judgeSearch(page)
  for (const journey of order.journeys) await judgeJourney(browser, journey)
})
console.log(JSON.stringify({ looked, found, heard: said }))

/** A search that finds something, and one that does not. @param {import('puppeteer-core').Page} page */
async function judgeSearch(page) {
  await page.goto(`${order.portal}/`, { waitUntil: 'load' })
  await page.waitForSelector('[role=search]:not([hidden])')
  for (const [typed, state] of [['khai', 'search with results'], ['zzzz', 'search without a result']]) {
    const before = await page.$eval('[role=search] [role=status]', status => status.textContent)
    await page.$eval('input[type=search]', input => /** @type {HTMLInputElement} */ (input).select())
    await page.focus('input[type=search]')
    await page.keyboard.type(typed)
    await page.waitForFunction(before => document.querySelector('[role=search] [role=status]')?.textContent !== before, {}, before)
    await judgeAll(page, '/', state)
  }
}

/** From the first question to the review. @param {import('puppeteer-core').Browser} browser @param {any} journey */
async function judgeJourney(browser, { service, lang, type, now, sent, waits }) {
  const { context, page, downloads } = await openPage(browser, sent ? order.now + performance.now() / 1000 : now)
  await page.setViewport(ZOOMED)
  const path = `${lang === 'vi' ? '' : `/${lang}`}/${service}/form/`
  const form = await Form.open(page, order.portal, service, lang)
  if (sent) {
    await judgeTasks(page, form, path)
    await judgeDraft(context, page, form, path)
    await judgePicker(page, form, path)
  }
  let left = type
  for (let step = await form.where(); step !== '(review)'; ) {
    await form.pressNext()
    if ((await form.where()) === step) await judgeAll(page, path, `${step} with errors`)
    left = await form.fillStep(left)
    if ((await form.where()) === step) {
      await judgeAll(page, path, `${step} filled in`)
      await form.next()
    }
    step = await form.where()
  }
  await judgeAll(page, path, 'review')
  if (sent) await judgeSending(page, form, path, downloads)
  else if (waits) await judgeWaiting(context, page, form, path)
  await context.close()
}

/** The sections as tasks, one done and the others not. @param {import('puppeteer-core').Page} page @param {Form} form @param {string} path */
async function judgeTasks(page, form, path) {
  await page.waitForSelector('#tasks')
  await form.press('#tasks summary', 'Enter')
  await page.waitForSelector('#tasks li')
  await judgeAll(page, path, 'sections as tasks')
  await form.press('#tasks summary', 'Enter')
}

/**
 * What is asked and said of a draft, on this tab and on a second one; it is erased again.
 *
 * @param {import('puppeteer-core').BrowserContext} context
 * @param {import('puppeteer-core').Page} page
 * @param {Form} form
 * @param {string} path
 */
async function judgeDraft(context, page, form, path) {
  const press = async (/** @type {string} */ mark) => {
    await page.waitForSelector(`[data-draft-${mark}]`)
    await form.press(`[data-draft-${mark}]`, 'Enter')
  }
  await press('ask')
  await page.waitForSelector('[data-draft-keep]')
  await judgeAll(page, path, 'asked whether to keep a draft')
  await press('keep')
  await page.waitForSelector('[data-draft-erase]')
  await judgeAll(page, path, 'a draft is kept')
  const { page: other } = await anotherPage(context, order.now + performance.now() / 1000)
  await other.setViewport(ZOOMED)
  await other.goto(order.portal + path, { waitUntil: 'load' })
  await other.waitForFunction(() => document.querySelector('#draft [role=status]')?.textContent)
  await judgeAll(other, path, 'a draft is kept by another tab')
  await other.close()
  await page.bringToFront()
  await page.reload({ waitUntil: 'load' })
  await page.waitForSelector('[data-draft-open]')
  await judgeAll(page, path, 'a draft was found')
  await form.press('[data-carry]', 'Enter')
  await page.waitForSelector('#carry-phrase')
  await judgeAll(page, path, 'a draft for another device')
  await press('erase')
  await page.waitForSelector('[data-draft-ask]')
}

/** A name is found in the first step's long list. @param {import('puppeteer-core').Page} page @param {Form} form @param {string} path */
async function judgePicker(page, form, path) {
  await page.waitForSelector('[data-pick]')
  await form.press('[data-pick]', 'Enter')
  await page.waitForSelector('#picker[open]')
  await page.keyboard.type('dong')
  await page.waitForSelector('#picker li')
  await judgeAll(page, path, 'a name looked for in a long list')
  await page.keyboard.press('Escape')
  await page.waitForSelector('#picker', { hidden: true })
}

/**
 * What cannot be sent without a network waits on the device, and is listed there; it goes with the browser's context.
 *
 * @param {import('puppeteer-core').BrowserContext} context
 * @param {import('puppeteer-core').Page} page
 * @param {Form} form
 * @param {string} path
 */
async function judgeWaiting(context, page, form, path) {
  await page.waitForFunction(() => navigator.serviceWorker.controller)
  await page.setOfflineMode(true)
  await form.press('[data-send]', 'Enter')
  await page.waitForSelector('body[data-state="waiting"]')
  await judgeAll(page, path, 'waiting for a network')
  const { page: other } = await anotherPage(context, order.now + performance.now() / 1000)
  await other.setViewport(ZOOMED)
  await other.goto(order.portal + path, { waitUntil: 'load' })
  await other.waitForSelector('#waits')
  await judgeAll(other, path, 'told that something waits')
  await other.goto(`${order.portal}/receipts/`, { waitUntil: 'load' })
  await other.waitForSelector('#waiting button')
  await judgeAll(other, '/receipts/', 'one waits')
}

/**
 * From the review to the receipt, and what becomes of that.
 *
 * @param {import('puppeteer-core').Page} page
 * @param {Form} form
 * @param {string} path
 * @param {string} downloads - the folder into which this page's downloads go
 */
async function judgeSending(page, form, path, downloads) {
  const { paper, good, bad } = order.files
  await form.attach(paper, [good])
  await judgeAll(page, path, 'review with a file')
  const input = /** @type {import('puppeteer-core').ElementHandle<HTMLInputElement>} */ (await page.$(`[data-files="${paper}"] input`))
  await input.uploadFile(bad)
  await page.waitForSelector(`[data-files="${paper}"] .error`)
  await judgeAll(page, path, 'review with a file that is not taken')
  await page.setOfflineMode(true)
  await page.setBypassServiceWorker(true)
  await form.press('[data-send]', 'Enter')
  await page.waitForSelector('body[data-state="failed"]')
  await judgeAll(page, path, 'not sent')
  await page.setOfflineMode(false)
  // So that there is time to pause.
  await page.emulateNetworkConditions({ upload: 200 << 10, download: 1 << 30, latency: 0 })
  await form.press('[data-send]', 'Enter')
  await page.waitForSelector('#upload progress')
  await form.press('[data-pause]', 'Enter')
  await page.emulateNetworkConditions(null)
  await judgeAll(page, path, 'files on their way, paused')
  await form.press('[data-pause]', 'Enter')
  await page.waitForSelector('body[data-state="sent"]')
  await page.waitForSelector('#copy svg')
  await judgeAll(page, path, 'receipt')
  const name = await page.$eval('[data-download]', link => link.getAttribute('download') ?? '')
  await page.click('[data-download]')
  await form.downloaded(join(downloads, name))
  await form.press('[data-keep-all]', 'Enter')
  await page.waitForSelector('.keep a')
  for (const [way, there, state] of [['amend', '#earlier', 'amending'], ['withdraw', '#withdrawal', 'asked whether to withdraw']]) {
    await page.goto(`${order.portal}/receipts/`, { waitUntil: 'load' })
    await page.waitForSelector('#kept li')
    if (way === 'amend') await judgeAll(page, '/receipts/', 'one kept')
    await form.press(`#kept a[href*="#${way}="]`, 'Enter')
    await page.waitForSelector(there)
    await judgeAll(page, path, state)
  }
  await page.goto(`${order.portal}/verify/`, { waitUntil: 'load' })
  await page.waitForSelector('body[data-state="ready"]')
  const file = /** @type {import('puppeteer-core').ElementHandle<HTMLInputElement>} */ (await page.$('#file'))
  await file.uploadFile(join(downloads, name))
  await page.waitForSelector('#verdict dl')
  await judgeAll(page, '/verify/', 'a receipt checked')
  await file.uploadFile(bad)
  await page.waitForSelector('#verdict [data-verdict=error]')
  await judgeAll(page, '/verify/', 'something else checked')
  await page.setRequestInterception(true)
  page.on('request', request => void (request.resourceType() === 'script' ? request.abort() : request.continue()))
  await page.goto(order.portal + path, { waitUntil: 'load' })
  await judgeAll(page, path, 'script that does not come')
}
