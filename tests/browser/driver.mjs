// Drives the portal's pages the way a person does: looks for an input, types into it, presses "next".
// Everything is found by the names and marks of the page contract (docs/architecture.md), never by position or wording.

import { mkdirSync, mkdtempSync, readFileSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import puppeteer from 'puppeteer-core'

/** More steps than any form has; pressing "next" more often than this means that the form goes in circles. */
const STEPS_MAX = 40
/** How long anything on a page may take, in milliseconds. */
const PATIENCE_MS = 60_000

/** What browsers write of a cut link into their consoles, and of a submission that the relay does not have yet. */
export const OF_A_CUT_LINK = /ERR_INTERNET_DISCONNECTED|404 .*\/v1\/submissions\/|respondWith\(\) that rejected|CORS request did not succeed/

/**
 * @typedef {object} Engine
 * @property {'chromium' | 'firefox'} engine
 * @property {string} path - of the program
 */

/**
 * The order that a test gives on standard input.
 *
 * @typedef {object} Order
 * @property {Engine} browser
 * @property {string} pictures - folder for pictures of failures
 * @property {string} portal - origin of the pages
 * @property {number} now - the city's time, in seconds since 1970
 */

/** @returns {Promise<any>} the JSON on standard input */
export async function readOrder() {
  const chunks = []
  for await (const chunk of process.stdin) chunks.push(chunk)
  return JSON.parse(Buffer.concat(chunks).toString('utf8'))
}

/**
 * One browser for everything a test does.
 *
 * @template T
 * @param {Engine} engine
 * @param {(browser: import('puppeteer-core').Browser) => Promise<T>} work
 * @param {{ args?: string[], prefs?: Record<string, unknown> }} further - arguments of the browser; preferences of Firefox
 * @returns {Promise<T>} what `work` gives; the browser is closed in any case
 */
export async function withBrowser({ engine, path }, work, { args = [], prefs = {} } = {}) {
  const browser = await puppeteer.launch({
    executablePath: path,
    // Puppeteer drives Firefox by WebDriver BiDi.
    browser: engine === 'firefox' ? 'firefox' : 'chrome',
    extraPrefsFirefox: {
      // Its panel of downloads would take the keys that are meant for the next page.
      'browser.download.alwaysOpenPanel': false,
      // The city of the tests is at this machine, and no nearer than the Internet.
      'network.disable-localhost-when-offline': true,
      ...prefs,
    },
    // Root in a container has no user namespaces for the sandbox, and /dev/shm there is small.
    args: engine === 'firefox' ? ['--remote-allow-system-access', ...args] : ['--no-sandbox', '--disable-dev-shm-usage', '--force-color-profile=srgb', ...args],
  })
  try {
    return await work(browser)
  } finally {
    await browser.close()
  }
}

/**
 * A page in a context of its own, whose clock stands at `now` and goes on from there.
 *
 * @param {import('puppeteer-core').Browser} browser
 * @param {number} now - seconds since 1970
 */
export async function openPage(browser, now) {
  const downloads = mkdtempSync(join(tmpdir(), 'motcua-downloads-'))
  const context = await browser.createBrowserContext({ downloadBehavior: { policy: 'allow', downloadPath: downloads } })
  return { context, downloads, ...(await anotherPage(context, now)) }
}

/**
 * One more page of the same person.
 *
 * @param {import('puppeteer-core').BrowserContext} context
 * @param {number} now - seconds since 1970
 */
export async function anotherPage(context, now) {
  const page = await context.newPage()
  // A browser draws, and hands keys to, only the page in front.
  await page.bringToFront()
  page.setDefaultTimeout(PATIENCE_MS)
  await page.setViewport({ width: 1000, height: 1400 })
  /** @type {string[]} */
  const complaints = []
  // A person who leaves a page and knows it; a test that is about the question asks itself.
  page.on('dialog', dialog => dialog.type() === 'beforeunload' && dialog.accept().catch(() => {}))
  page.on('pageerror', error => complaints.push(`error in the page: ${error instanceof Error ? error.message : error}`))
  page.on('console', message => {
    if (message.type() === 'error') complaints.push(`console: ${message.text()} ${message.location()?.url ?? ''}`)
  })
  // Chromium writes it to its console as an error, Firefox where nobody hears it.
  await page.evaluateOnNewDocument(() =>
    addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) =>
      console.error(`against the policy: ${violatedDirective} ${blockedURI}`),
    ),
  )
  await page.evaluateOnNewDocument(startMs => {
    const Real = Date
    const ahead = startMs - Real.now()
    globalThis.Date = class extends Real {
      /** @param {any[]} parts */
      constructor(...parts) {
        // @ts-ignore: Date's overloads
        if (parts.length === 0) super(Real.now() + ahead)
        // @ts-ignore
        else super(...parts)
      }
      static now() {
        return Real.now() + ahead
      }
    }
  }, now * 1000)
  return { page, complaints }
}

/**
 * Cuts the link of pages, in that order, and of the worker behind them, and mends it.
 *
 * @param {import('puppeteer-core').Browser} browser
 * @param {Engine} engine
 * @returns {Promise<(isUp: boolean, ...pages: import('puppeteer-core').Page[]) => Promise<void>>}
 */
export async function linkOf(browser, { engine }) {
  if (engine === 'firefox') return linkOfFirefox(browser)
  const worker = await browser.waitForTarget(target => target.type() === 'service_worker')
  const session = await worker.createCDPSession()
  return async (isUp, ...pages) => {
    await session.send('Network.emulateNetworkConditions', { offline: !isUp, latency: 0, downloadThroughput: -1, uploadThroughput: -1 })
    for (const page of pages) await page.setOfflineMode(!isUp)
  }
}

/** What "work offline" does in Firefox's menu, which holds for workers, too. @param {any} browser @returns {Promise<(isUp: boolean) => Promise<void>>} */
async function linkOfFirefox(browser) {
  // A connection that is kept would go on.
  return isUp => inFirefox(browser, `Services.io.offline = ${!isUp}; Services.obs.notifyObservers(null, 'net:cancel-all-connections')`)
}

/** Has Firefox itself do something, beside its pages. @param {any} browser @param {string} expression */
async function inFirefox({ connection }, expression) {
  const { result } = await connection.send('browsingContext.getTree', { 'moz:scope': 'chrome' })
  const target = { context: result.contexts[0].context }
  await connection.send('script.evaluate', { target, expression, awaitPromise: false })
}

/** Shows pages as they are printed, or as on a screen again. @param {import('puppeteer-core').Page} page @param {'print' | 'screen'} medium @param {Engine} browser */
export function asMedium(page, medium, { engine }) {
  if (engine === 'chromium') return page.emulateMediaType(medium)
  const tabs = "[...Services.wm.getEnumerator('navigator:browser')].flatMap(({ gBrowser }) => gBrowser.browsers)"
  return inFirefox(page.browser(), `for (const { browsingContext } of ${tabs}) browsingContext.mediumOverride = '${medium}'`)
}

/** A page that has no worker: all that it asks for passes by the test. @param {import('puppeteer-core').Page} page @param {Engine} browser */
export async function withoutWorker(page, { engine }) {
  if (engine === 'chromium') return page.setBypassServiceWorker(true)
  // As in its private windows of some years.
  await page.evaluateOnNewDocument(() => Object.defineProperty(navigator, 'serviceWorker', { value: undefined }))
}

/** What stands in the form: each input that has something in it, by its name. @param {import('puppeteer-core').Page} page */
export function typed(page) {
  return page.evaluate(() =>
    [...document.querySelectorAll('#form :is(input, select, textarea)')]
      .map(one => (one instanceof HTMLInputElement && /radio|checkbox/.test(one.type) ? `${one.name}=${one.checked ? one.value : ''}` : `${one.getAttribute('name')}=${/** @type {HTMLInputElement} */ (one).value}`))
      .filter(line => !line.endsWith('='))
      .sort(),
  )
}

/** The tab is killed without a word. @param {import('puppeteer-core').Page} page @param {Order['browser']} browser */
export async function crash(page, { engine }) {
  // Firefox can be told to close a page without a word, not to kill it.
  if (engine === 'firefox') return page.close()
  const session = await page.createCDPSession()
  const gone = new Promise(done => page.once('error', done))
  session.send('Page.crash').catch(() => {})
  await gone
}

/** @param {string} name - the input's name, or `+id` of a repeat: then it is the button that adds an entry */
function selectorOf(name) {
  return name.startsWith('+') ? `[data-add=${JSON.stringify(name.slice(1))}]` : `#form [name=${JSON.stringify(name)}]`
}

/** A person at one form. */
export class Form {
  /**
   * @param {import('puppeteer-core').Page} page
   * @param {string} portal
   * @param {string} service
   * @param {string} lang
   */
  static async open(page, portal, service, lang) {
    const root = lang === 'vi' ? '' : `/${lang}`
    await page.goto(`${portal}${root}/${service}/form/`, { waitUntil: 'load' })
    await page.waitForSelector('body[data-state="ready"]')
    return new this(page)
  }

  /** @param {import('puppeteer-core').Page} page */
  constructor(page) {
    this.page = page
  }

  /**
   * Types one value into the input of that name, going on to the step that shows it.
   *
   * @param {string} name - the input's name; `+id` presses the button that adds an entry to the repeat `id`
   * @param {string | boolean | string[]} value - a text, a code of a select or radio, whether a box is ticked, or the
   *   codes of the boxes to tick
   */
  async enter(name, value) {
    if (name.startsWith('+')) {
      await this.reach(`[data-add=${JSON.stringify(name.slice(1))}]`, name)
      return this.add(name.slice(1))
    }
    const named = `#form [name=${JSON.stringify(name)}]`
    await this.reach(named, name)
    // A long list is a text input on paper and becomes a select as soon as the list is here.
    await this.page.waitForFunction(
      selector => {
        const input = document.querySelector(selector)
        return input && !(input instanceof HTMLInputElement && input.dataset.list)
      },
      {},
      named,
    )
    const kind = await this.page.$eval(named, input =>
      input instanceof HTMLInputElement ? input.type : input.tagName.toLowerCase(),
    )
    if (kind === 'radio') return this.press(`${named}[value=${JSON.stringify(String(value))}]`, ' ')
    if (Array.isArray(value)) {
      for (const code of value) await this.tick(`${named}[value=${JSON.stringify(code)}]`, true)
      return
    }
    if (kind === 'checkbox') return this.tick(named, value === true || value === 'true')
    if (kind === 'select') return this.choose(named, String(value))
    return this.write(named, String(value))
  }

  /**
   * @param {string} selector
   * @param {boolean} wanted
   */
  async tick(selector, wanted) {
    const is = await this.page.$eval(selector, box => box instanceof HTMLInputElement && box.checked)
    if (is !== wanted) await this.press(selector, ' ')
  }

  /**
   * By keyboard: a note that appears under the pointer moves what is clicked, and everything must work by keyboard.
   *
   * @param {string} selector
   * @param {'Enter' | ' '} key
   */
  async press(selector, key) {
    await this.focus(selector)
    await this.page.keyboard.press(key)
  }

  /** @param {string} id - of the group that gets an entry more */
  add(id) {
    return this.press(`[data-add=${JSON.stringify(id)}]`, 'Enter')
  }

  /** @param {string} selector */
  focus(selector) {
    return this.page.focus(selector)
  }

  /**
   * @param {string} selector
   * @param {string} value
   */
  async choose(selector, value) {
    // Asked for as a person would see it: an option that is not offered, or not now, cannot be chosen.
    const offered = await this.page.$eval(
      selector,
      (select, value) =>
        select instanceof HTMLSelectElement &&
        [...select.options].some(option => option.value === value && !option.disabled),
      value,
    )
    if (!offered) throw new Error(`${selector} does not offer ${JSON.stringify(value)}`)
    await this.select(selector, value)
  }

  /** @param {string} selector @param {string} value - one that is offered */
  async select(selector, value) {
    await this.page.select(selector, value)
  }

  /**
   * @param {string} selector
   * @param {string} value
   */
  async write(selector, value) {
    await this.focus(selector)
    await this.page.$eval(selector, input => {
      if (input instanceof HTMLInputElement || input instanceof HTMLTextAreaElement) input.select()
    })
    await this.page.keyboard.press('Backspace')
    // Vietnamese comes from an input method, which hands over finished characters; digits and Latin come from keys.
    if (/^[\x20-\x7e]*$/.test(value)) await this.page.keyboard.type(value)
    else for (const character of value) await this.page.keyboard.sendCharacter(character)
    await this.page.keyboard.press('Tab')
  }

  /**
   * Puts values into inputs at once, as a program that fills in forms does: as many of them as are seen and ready, in
   * order. For what has to be there before the typing that a test is about.
   *
   * @param {[string, string | boolean | string[]][]} pairs
   * @returns {Promise<number>} how many were put in
   */
  fill(pairs) {
    return this.page.evaluate(pairs => {
      /** @param {string} name @param {string | boolean | string[]} value */
      const put = (name, value) => {
        if (Array.isArray(value)) return false
        const inputs = [...document.querySelectorAll('#form input, #form select')].filter(
          input => input.getAttribute('name') === name,
        )
        const input = inputs.find(one => one.getAttribute('type') !== 'radio' || one.getAttribute('value') === String(value))
        if (!input?.closest('[data-kind]')?.checkVisibility()) return false
        if (input instanceof HTMLSelectElement) input.value = String(value)
        else if (!(input instanceof HTMLInputElement) || input.dataset.list) return false
        else if (input.type === 'radio') input.checked = true
        else if (input.type === 'checkbox') input.checked = value === true || value === 'true'
        else input.value = String(value)
        for (const type of ['input', 'change']) input.dispatchEvent(new Event(type, { bubbles: true }))
        return true
      }
      const stuck = pairs.findIndex(([name, value]) => !put(name, value))
      return stuck === -1 ? pairs.length : stuck
    }, pairs)
  }

  /**
   * Fills in the open step as far as it asks; conditions open further questions.
   *
   * @param {[string, string | boolean | string[]][]} pairs
   * @returns {Promise<[string, string | boolean | string[]][]>} what other steps ask
   */
  async fillStep(pairs) {
    for (;;) {
      pairs = pairs.slice(await this.fill(pairs))
      const [name, value] = pairs[0] ?? []
      if (!name || value === undefined) return []
      if (!(await this.sees(selectorOf(name)))) return pairs
      await this.enter(name, value)
      pairs = pairs.slice(1)
    }
  }

  /**
   * Goes on, step by step, until what has that name is seen.
   *
   * @param {string} name - the input's name, or `+id` of a repeat
   * @returns {Promise<boolean>} whether it was not seen before
   */
  async goesTo(name) {
    const selector = selectorOf(name)
    if (await this.sees(selector)) return false
    await this.reach(selector, name)
    return true
  }

  /** Fills in every step and comes to the review. @param {[string, string | boolean | string[]][]} pairs */
  async fillAll(pairs) {
    for (let step = 0; step < STEPS_MAX; step++) {
      pairs = await this.fillStep(pairs)
      if ((await this.where()) === '(review)') return
      await this.next('on the way to the review')
    }
    throw new Error('the review was never shown')
  }

  /**
   * Goes on, step by step, until the element is seen.
   *
   * @param {string} selector
   * @param {string} name - for the message
   */
  async reach(selector, name) {
    for (let step = 0; step < STEPS_MAX; step++) {
      if (await this.sees(selector)) return
      await this.next(`on the way to ${name}`)
    }
    throw new Error(`${name} was never shown`)
  }

  /** @param {string} selector */
  sees(selector) {
    return this.page.evaluate(selector => {
      const seen = /** @param {Element | null} element */ element =>
        element !== null && element.checkVisibility({ visibilityProperty: true }) && element.getClientRects().length > 0
      const element = document.querySelector(selector)
      // A radio or a box may be drawn by its label alone.
      return seen(element) || (element instanceof HTMLInputElement && seen(element.labels?.[0] ?? null))
    }, selector)
  }

  /** Presses "next"; fails with what the page says when it stays where it is. */
  async next(why = '') {
    const before = await this.where()
    await this.pressNext()
    if ((await this.where()) === before) {
      throw new Error(`the page did not go on ${why} from ${before}: ${JSON.stringify(await this.errors())}`)
    }
  }

  /** Presses the "next" button that is seen, and waits until the page has gone on or said why not. */
  async pressNext() {
    const before = await this.where()
    const said = await this.page.evaluateHandle(() => document.querySelector('#summary')?.firstChild ?? null)
    if (!(await this.sees('[data-next]'))) throw new Error(`there is no "next" at ${before}`)
    await this.press('[data-next]', 'Enter')
    await this.page.waitForFunction(
      (before, said) => {
        const summary = document.querySelector('#summary')
        if (summary?.checkVisibility() && summary.firstChild !== said) return true
        const step = [...document.querySelectorAll('#form [data-section]')].find(section => section.checkVisibility())
        const state = document.body.dataset.state
        return state === 'review' || (step instanceof HTMLElement && step.dataset.section !== before)
      },
      {},
      before,
      said,
    )
  }

  /** @returns {Promise<string>} the step that is shown, or the page's state */
  where() {
    return this.page.evaluate(() => {
      const shown = [...document.querySelectorAll('#form [data-section]')].find(section => section.checkVisibility())
      const state = document.body.dataset.state ?? ''
      return state === 'ready' && shown instanceof HTMLElement ? (shown.dataset.section ?? '') : `(${state})`
    })
  }

  /**
   * What the page says at its fields, in the open step or in the rows of the review.
   *
   * @returns {Promise<Record<string, string>>} field id → the words seen there
   */
  errors() {
    return this.page.evaluate(() => {
      /** @type {Record<string, string>} */
      const found = {}
      for (const line of document.querySelectorAll('#form .error, #form .note')) {
        if (!(line instanceof HTMLElement) || !line.checkVisibility()) continue
        const field = line.closest('[data-field]') ?? line.parentElement?.querySelector('[data-change]')
        const id = field instanceof HTMLElement ? (field.dataset.field ?? field.dataset.change) : undefined
        if (id) found[id] = [found[id], line.innerText.trim()].filter(Boolean).join('\n')
      }
      return found
    })
  }

  /** @returns {Promise<{href: string | null, text: string}[]>} the links of the summary, when it is seen */
  summary() {
    return this.page.$$eval('#summary a', links =>
      links
        .filter(link => link.checkVisibility())
        .map(link => ({ href: link.getAttribute('href'), text: link.innerText.trim() })),
    )
  }

  /** Goes on until the review is shown. */
  async toReview() {
    for (let step = 0; step < STEPS_MAX; step++) {
      if ((await this.where()) === '(review)') return
      await this.next('on the way to the review')
    }
    throw new Error('the review was never shown')
  }

  /**
   * Presses "send", waits for the receipt, and keeps it as a file the way people do.
   *
   * @param {string} downloads - the folder into which this page's downloads go
   * @param {number} timeout - how long it may take
   * @param {string} button - another button that sends
   */
  async send(downloads, timeout = PATIENCE_MS, button = '[data-send]') {
    await this.press(button, 'Enter')
    return this.sent(downloads, timeout)
  }

  /**
   * Waits for the receipt of what is being sent.
   *
   * @param {string} downloads
   * @param {number} timeout
   */
  async sent(downloads, timeout) {
    await this.page.waitForSelector('body[data-state="sent"], body[data-state="failed"], body[data-state="waiting"]', { timeout })
    if ((await this.where()) !== '(sent)') {
      throw new Error(`not sent: ${await this.page.evaluate(() => `${document.querySelector('#status')?.textContent} ${document.body.innerText.slice(0, 1000)}`)}`)
    }
    const { reference, download } = await this.page.$eval('#receipt', receipt => ({
      reference: receipt.querySelector('[data-reference]')?.textContent?.trim() ?? '',
      download: receipt.querySelector('[data-download]')?.getAttribute('download') ?? '',
    }))
    await this.take('#receipt [data-download]')
    return { reference, download, receipt: await this.downloaded(join(downloads, download)) }
  }

  /** Presses a link that gives a file. @param {string} selector */
  take(selector) {
    return this.page.click(selector)
  }

  /**
   * Chooses files for a paper in the list of papers, and waits until all of them are named there.
   *
   * @param {string} paper
   * @param {string[]} paths
   */
  async attach(paper, paths) {
    const place = `[data-files=${JSON.stringify(paper)}]`
    const input = await this.page.waitForSelector(`${place} input[multiple]`)
    const before = (await this.page.$$(`${place} li`)).length
    await /** @type {import('puppeteer-core').ElementHandle<HTMLInputElement>} */ (input).uploadFile(...paths)
    await this.page.waitForFunction(
      (place, count) => document.querySelectorAll(`${place} li`).length === count,
      {},
      place,
      before + paths.length,
    )
  }

  /** @param {string} path - of a file that the browser is writing */
  async downloaded(path) {
    const begun = Date.now()
    // Chromium writes under another name and renames at the end; until then an empty file may keep the place.
    while (!statSync(path, { throwIfNoEntry: false })?.size) {
      if (Date.now() - begun > PATIENCE_MS) throw new Error(`${path} was not downloaded`)
      await new Promise(done => setTimeout(done, 20))
    }
    return readFileSync(path, 'utf8')
  }
}

/**
 * @param {import('puppeteer-core').Page} page
 * @param {string} folder
 * @param {string} name
 * @returns {Promise<string>} where the picture lies
 */
export async function picture(page, folder, name) {
  mkdirSync(folder, { recursive: true })
  const path = join(folder, `${name}.png`)
  await page.screenshot({ path, fullPage: true })
  return path
}
