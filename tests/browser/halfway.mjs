// A page of which something did not come, or is not what was published, and what it still is.
// In: an Order with `service`, `type` (a scenario's), `plain`, the host and port under which the portal is no secure origin, `piece`, the
// name of a kind whose script the page links, `paper` and `file` (one for that paper), and `assets`, the folder of the portal's. Out: see tests/tests/halfway.rs.

import { readdirSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import { Form, openPage, readOrder, withBrowser, withoutWorker } from './driver.mjs'

const CORE = /\/form\.[^/]+\.js$/

const order = await readOrder()
const path = `/${order.service}/form/`
const { host, port } = new URL(order.portal)
const [plainName, plainPort = '80'] = order.plain.split(':')
/** The host of no secure origin is the portal's, too. */
const further = order.browser.engine === 'chromium'
  ? { args: [`--host-resolver-rules=MAP ${order.plain} ${host}`] }
  : { prefs: { 'network.dns.localDomains': plainName, 'network.socket.forcePort': `${plainPort}=${port}` } }
const result = await withBrowser(
  order.browser,
  async browser => ({
    http: await paperOf(browser, `http://${order.plain}${path}`),
    core: await paperOf(browser, order.portal + path, CORE),
    altered: await paperOf(browser, order.portal + path, CORE, 'altered'),
    piece: await paperOf(browser, order.portal + path, new RegExp(`/${order.piece}\\.[^/]+\\.js$`)),
    pages: [await pageOf(browser, '/receipts/'), await pageOf(browser, '/verify/')],
    search: await searching(browser),
    ...(await comingBack(browser)),
  }),
  further,
)
console.log(JSON.stringify(result))

/**
 * A page that stays a paper: the words that say so, how many questions can be seen, how many buttons would do nothing.
 *
 * @param {import('puppeteer-core').Browser} browser
 * @param {string} address
 * @param {RegExp} [lost] - what does not come
 * @param {'away' | 'altered'} how
 */
async function paperOf(browser, address, lost, how = 'away') {
  const { context, page } = await openPage(browser, order.now)
  const cut = await losing(page, lost, how)
  await page.goto(address, { waitUntil: 'load' })
  // It waits for a slow script before it says anything.
  await page.waitForFunction(() => document.querySelector('#paper')?.checkVisibility({ visibilityProperty: true }))
  const seen = await page.evaluate(() => {
    const isSeen = (/** @type {Element} */ element) => element.checkVisibility({ visibilityProperty: true })
    const count = (/** @type {string} */ selector) => [...document.querySelectorAll(selector)].filter(isSeen).length
    return { state: document.body.dataset.state, questions: count('[data-section] > [data-kind]'), sections: count('[data-section] > h2'), buttons: count('form button') }
  })
  await context.close()
  return { ...seen, lost: cut.count }
}

/** A page without a form whose script does not come: what of it can be read. @param {import('puppeteer-core').Browser} browser @param {string} path */
async function pageOf(browser, path) {
  const { context, page } = await openPage(browser, order.now)
  const cut = await losing(page, /\.js$/)
  await page.goto(order.portal + path, { waitUntil: 'load' })
  await page.waitForFunction(() => document.querySelector('#paper')?.checkVisibility({ visibilityProperty: true }))
  const seen = await page.evaluate(() => {
    const notices = [...document.querySelectorAll('main .notice')].filter(notice => notice.checkVisibility()).map(({ id }) => id)
    return { notices, controls: [...document.querySelectorAll('main :is(button, input)')].filter(control => control.checkVisibility()).length }
  })
  await context.close()
  return { ...seen, lost: cut.count }
}

/** A search whose index comes at the second try. @param {import('puppeteer-core').Browser} browser */
async function searching(browser) {
  const { context, page } = await openPage(browser, order.now)
  const cut = await losing(page, /\/assets\/search[^/]*\.json$/)
  await page.goto(order.portal, { waitUntil: 'load' })
  const said = async (/** @type {string} */ typed) => {
    const before = await page.$eval('[role=search] [role=status]', status => status.textContent)
    await page.focus('input[type=search]')
    await page.keyboard.type(typed)
    await page.waitForFunction(before => document.querySelector('[role=search] [role=status]')?.textContent !== before, {}, before)
    return page.$eval('[role=search] [role=status]', status => status.textContent)
  }
  const failed = await said('khai')
  cut.what = undefined
  await said(' sinh')
  const found = await page.evaluate(() => document.querySelectorAll('[role=search] li').length)
  await context.close()
  return { failed, found, lost: cut.count }
}

/**
 * Requests that fail, or whose answers are one byte longer, as long as `what` says so.
 *
 * @param {import('puppeteer-core').Page} page
 * @param {RegExp} [what]
 * @param {'away' | 'altered'} how
 */
async function losing(page, what, how = 'away') {
  /** @type {{what: RegExp | undefined, count: number}} */
  const cut = { what, count: 0 }
  // What the worker has kept would come all the same.
  await withoutWorker(page, order.browser)
  await page.setRequestInterception(true)
  page.on('request', async request => {
    if (!cut.what?.test(new URL(request.url()).pathname)) return request.continue()
    cut.count++
    if (how === 'away') return request.abort()
    const answer = await fetch(request.url())
    return request.respond({ contentType: answer.headers.get('content-type') ?? '', body: `${await answer.text()}\n` })
  })
  return cut
}

/** Pieces that come at the second try: a list, the picker, the review, files, the worker that seals them, the copy. @param {import('puppeteer-core').Browser} browser */
async function comingBack(browser) {
  // The browser asks for a worker by itself, past what tests can cut: it is away at the host before the worker that keeps pages asks.
  const sealer = readdirSync(order.assets).find(name => name.startsWith('sealer.')) ?? ''
  renameSync(join(order.assets, sealer), `${order.assets}-sealer`)
  const { page, downloads } = await openPage(browser, order.now)
  const summary = () => page.$eval('#summary', summary => summary.textContent ?? '')
  const cut = await losing(page, /\/agencies\.[^/]+\.json$/)
  const form = await Form.open(page, order.portal, order.service, 'vi')
  await form.pressNext()
  const list = await summary()

  cut.what = /\/picker\.[^/]+\.js$/
  await form.pressNext()
  await page.waitForSelector('[data-pick]')
  await form.press('[data-pick]', 'Enter')
  await page.waitForFunction(() => document.querySelector('[data-pick] + [role=status]')?.textContent)
  const picker = await page.$eval('[data-pick] + [role=status]', status => status.textContent)
  cut.what = /\/outcome\.[^/]+\.js$/
  await form.press('[data-pick]', 'Enter')
  await page.waitForSelector('#picker[open]')
  await page.keyboard.press('Escape')

  let left = order.type
  while ((left = await form.fillStep(left))[0]) await form.next()
  await form.pressNext()
  const outcome = await summary()
  cut.what = /\/papers\.[^/]+\.js$/
  await form.pressNext()
  const review = await form.where()
  await page.waitForSelector('#no-files')
  const canSend = await form.sees('[data-send]')
  cut.what = undefined
  await form.press('[data-refile]', 'Enter')
  await page.waitForSelector('[data-files] input')
  const answers = await page.$eval('#answers', answers => answers.textContent ?? '')

  // The worker that seals files does not come either.
  await form.attach(order.paper, [order.file])
  await form.press('[data-send]', 'Enter')
  await page.waitForSelector('body[data-state="failed"]')
  const worker = await page.$eval('#status', status => status.textContent)
  renameSync(`${order.assets}-sealer`, join(order.assets, sealer))
  cut.what = /\/copy\.[^/]+\.js$/
  const { reference } = await form.send(downloads)
  const again = '#receipt .notice button'
  await page.waitForSelector(again)
  const copy = await page.$eval('#receipt .notice', notice => notice.textContent)
  cut.what = undefined
  await form.press(again, 'Enter')
  await page.waitForSelector('#copy svg')
  const leftOver = await page.evaluate(() => document.querySelectorAll('#receipt .notice').length)
  return { said: { list, picker, outcome, worker, copy }, review, canSend, answers, reference, leftOver }
}
