// An editor at work: files are saved while a browser looks at `motcua serve`.
// In: an Order with `forms` and `site`, folders that may be changed, and `saves`. Out: {saveMs, complaints}: how long
// each save took until the page was loaded again, in milliseconds; what the page complained of. Fails with what was
// not seen.

import assert from 'node:assert/strict'
import { cpSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { openPage, picture, readOrder, withBrowser } from './driver.mjs'

const order = await readOrder()
const address = '/khai-sinh/form/'
const form = join(order.forms, 'khai-sinh/form.toml')
/** Longer than a page waits before it looks at its notes again, in milliseconds. */
const NOTES_MS = 600
/** Longer than a worker needs to start where there is one, in milliseconds. */
const WORKER_MS = 1500

/**
 * A file that is changed and put back.
 *
 * @param {string} path
 * @param {(text: string) => string} change
 * @param {() => Promise<void>} work
 */
async function changed(path, change, work) {
  const text = readFileSync(path, 'utf8')
  assert.notEqual(change(text), text, `${path} is not changed by ${change}`)
  writeFileSync(path, change(text))
  try {
    await work()
  } finally {
    writeFileSync(path, text)
  }
}

const result = await withBrowser(order.browser, async browser => {
  const { page, complaints } = await openPage(browser, order.now)
  const open = (/** @type {string} */ to) => page.goto(order.portal + to, { waitUntil: 'load' })
  const ready = () => page.waitForSelector('body[data-state="ready"]')
  /** Waits until the heading reads so. @param {string} words */
  const heading = words => page.waitForFunction(words => document.querySelector('h1')?.textContent === words, {}, words)
  const faults = () => page.evaluate(() => document.querySelector('motcua-preview')?.shadowRoot?.querySelector('.faults')?.textContent ?? '')
  /** Waits until the page shows a fault with these words; with none, until it shows none. @param {string[]} words */
  const faultWith = (...words) =>
    page
      .waitForFunction(
        words => {
          const text = document.querySelector('motcua-preview')?.shadowRoot?.querySelector('.faults')?.textContent ?? ''
          return words.length ? words.every(word => text.includes(word)) : text === ''
        },
        {},
        words,
      )
      .catch(async () => assert.fail(`not told: ${words.join(', ') || 'nothing'}; told: ${await faults()}`))
  const seen = (/** @type {string} */ selector) =>
    page.$$eval(selector, all => all.filter(one => one.checkVisibility()).length)

  try {
    await open(address)
    await ready()
    // No worker keeps what is being written.
    await page.waitForSelector('#draft')
    const kept = await page.evaluate(ms => Promise.race([navigator.serviceWorker.ready.then(() => true), new Promise(done => setTimeout(() => done(false), ms))]), WORKER_MS)
    assert.equal(kept, false, 'a worker keeps the preview')
    const title = await page.$eval('h1', h1 => h1.textContent ?? '')

    // A save is seen; how fast.
    const saveMs = []
    for (let save = 0; save < order.saves; save++) {
      const words = `Lưu lần ${save}`
      const begun = performance.timeOrigin + performance.now()
      await changed(form, text => text.replace(title, words), async () => {
        await heading(words)
        await page.waitForFunction(() => document.readyState === 'complete')
        const loaded = await page.evaluate(() => {
          const [navigation] = performance.getEntriesByType('navigation')
          return performance.timeOrigin + /** @type {PerformanceNavigationTiming} */ (navigation).loadEventEnd
        })
        saveMs.push(loaded - begun)
      })
      await heading(title)
    }

    // What was filled in and the open step stay.
    await page.evaluate(() => dispatchEvent(new PopStateEvent('popstate', { state: 'requester' })))
    await page.type('[name="requester.full_name"]', 'NGUYEN THI A')
    await changed(form, text => text.replace(title, 'Tên khác'), async () => {
      await heading('Tên khác')
      await page.waitForFunction(() => {
        const input = document.querySelector('[name="requester.full_name"]')
        return input instanceof HTMLInputElement && input.value === 'NGUYEN THI A' && input.checkVisibility()
      })
    })
    await heading(title)

    // A fault stands on the last good page with its file and line, in the page's language, and goes.
    await changed(form, text => text.replace('level = 3', 'lvel = 3'), async () => {
      await faultWith('1 lỗi trong nguồn', 'forms/khai-sinh/form.toml:4:1', 'lvel = 3')
      assert.equal(await page.$eval('h1', h1 => h1.textContent), title)
      await picture(page, order.pictures, 'preview-fault')
      await open(`/en${address}`)
      await faultWith('1 fault in the sources')
    })
    await faultWith()
    await open(address)
    await ready()
    assert.equal(await faults(), '')

    // Templates: one that cannot be read, one that fails while it is filled in, here and on a page nobody looks at.
    const template = (/** @type {string} */ name) => join(order.site, 'pages', name)
    await changed(template('form.html'), text => text.replace('{% block main %}', '{% block main %}{% if %}'), () =>
      faultWith('site/pages/form.html:'),
    )
    await faultWith()
    await changed(template('form.html'), text => text.replace('<h1>', '<h1>{{ none.at.all }}'), () =>
      faultWith('site/pages/form.html:'),
    )
    await faultWith()
    await changed(template('agency.html'), text => text.replace('<h1>', '<h1>{{ none.at.all }}'), async () => {
      await faultWith('site/pages/agency.html:')
      await page.goto(`${order.portal}/co-quan/phuong-phuc-xa-ba-dinh/`)
      await faultWith('site/pages/agency.html:')
    })
    await page.waitForFunction(() => document.querySelector('h1'))
    await open(address)

    // A list, a style. Each is waited for on its way back too: a page that loads itself again is not to be left.
    const reads = (/** @type {boolean} */ wanted) =>
      page.waitForFunction(wanted => document.querySelector('h1') && document.body.textContent?.includes('Con trai') === wanted, {}, wanted)
    const isBlue = (/** @type {boolean} */ wanted) =>
      page.waitForFunction(
        wanted => {
          const h1 = document.querySelector('h1')
          return h1 && document.readyState === 'complete' && (getComputedStyle(h1).color === 'rgb(1, 2, 3)') === wanted
        },
        {},
        wanted,
      )
    await changed(join(order.forms, 'lists/sex.csv'), text => text.replace('Nam', 'Con trai'), () => reads(true).then(() => {}))
    await reads(false)
    await changed(join(order.site, 'style/base.css'), text => `${text}\nh1 { color: rgb(1, 2, 3); }\n`, () => isBlue(true).then(() => {}))
    await isBlue(false)

    // A new form comes up where nothing was, and its page goes with it.
    await open('/thu-nghiem/form/')
    await page.waitForFunction(() => document.querySelector('h1')?.textContent?.startsWith('Không có'))
    cpSync(join(order.forms, 'khai-sinh'), join(order.forms, 'thu-nghiem'), { recursive: true })
    await heading(title)
    rmSync(join(order.forms, 'thu-nghiem'), { recursive: true })
    await page.waitForFunction(title => document.querySelector('h1') && document.querySelector('h1')?.textContent !== title, {}, title)

    // A folder that goes away and comes back; and a save by rename, as many editors do it.
    await open(address)
    renameSync(order.forms, `${order.forms}-away`)
    await faultWith(order.forms)
    renameSync(`${order.forms}-away`, order.forms)
    await faultWith()
    const text = readFileSync(form, 'utf8')
    for (const [words, version] of [['Đổi tên tệp', text.replace(title, 'Đổi tên tệp')], [title, text]]) {
      writeFileSync(`${form}~`, version)
      renameSync(`${form}~`, form)
      await heading(words)
    }

    // The switch.
    for (const width of [360, 1280]) {
      await page.setViewport({ width, height: 900 })
      for (const state of ['errors', 'everything', 'print']) {
        await open(`${address}?preview=${state}`)
        await ready()
        if (state === 'errors') {
          const rules = () => document.querySelectorAll('#form [data-rule="R-WARD-BIRTH"]').length
          await page.waitForFunction(rules)
          // The page looks at its notes again when somebody has come to a field: nothing goes away then.
          await new Promise(resolve => setTimeout(resolve, NOTES_MS))
          assert.equal(await page.evaluate(rules), 1, 'what a rule says went away')
        } else await page.waitForFunction(() => [...document.querySelectorAll('#form [data-section]')].every(one => one.checkVisibility()))
        const [fields, hidden] = [await seen('#form [data-kind]'), await page.$$eval('#form [data-kind]', all => all.filter(one => !one.checkVisibility()).length)]
        if (state === 'everything') assert.equal(hidden, 0, 'a question is hidden')
        if (state === 'errors') assert.ok((await seen('#form .error')) > 20 && (await seen('#form [data-section]')) > 4, 'errors are missing')
        if (state === 'print') assert.equal(await seen('header, footer, button'), 0, 'the screen shows on paper')
        assert.ok(fields > 10, `${state}: ${fields} questions`)
        await picture(page, order.pictures, `preview-${state}-${width}`)
      }
    }
    const links = await page.evaluate(() => [...(document.querySelector('motcua-preview')?.shadowRoot?.querySelectorAll('nav a') ?? [])].map(link => link.getAttribute('href')))
    assert.deepEqual(links, [
      address,
      `${address}?preview=errors`,
      `${address}?preview=everything`,
      `${address}?preview=print`,
      `${address}?preview=print`,
      `/en${address}?preview=print`,
      `${address}?preview=print`,
      `/_motcua/narrow${address}?preview=print`,
    ])
    await open(`/_motcua/narrow/en${address}?preview=errors`)
    const frame = await (await page.$('iframe'))?.contentFrame()
    await frame?.waitForSelector('#form .error')
    assert.deepEqual(await frame?.evaluate(() => [innerWidth, document.documentElement.scrollWidth, document.querySelector('motcua-preview')]), [320, 320, null])
    await picture(page, order.pictures, 'preview-narrow')
    await changed(form, text => text.replace('title.en = "', 'title.en = "New '), () =>
      page.waitForFunction(() => document.querySelector('iframe')?.contentDocument?.querySelector('h1')?.textContent?.startsWith('New ')).then(() => {}),
    )
    return { saveMs, complaints }
  } catch (failure) {
    const path = await picture(page, order.pictures, 'preview-failed').catch(() => 'none: the page was between two loads')
    throw new Error(`${failure instanceof Error ? failure.stack : failure}\n${complaints.join('\n')}\npicture: ${path}`)
  }
})
console.log(JSON.stringify(result))
