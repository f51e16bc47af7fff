// Every page in every state that matters, judged by axe-core, and whether it fits on the narrowest screen.
// In: an Order with `pages` (paths), perhaps `journey` ({service, lang, type}) and `planted`, script that puts something wrong into each page.
// Out: {looked: how many pages × states, found: [{page, state, rule, help, nodes}]}.

import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { Form, openPage, readOrder, withBrowser } from './driver.mjs'

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
/** WCAG 2.2 AA, and what axe's makers hold to be good practice. */
const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']
/** CSS pixels: a screen of 1280 at 400 % (WCAG 1.4.10). */
const NARROW = { width: 320, height: 740 }

const order = await readOrder()
/** @type {{page: string, state: string, rule: string, help: string, nodes: string[]}[]} */
const found = []
let looked = 0

/** @param {import('puppeteer-core').Page} page @param {string} path @param {string} state */
async function judge(page, path, state) {
  if (order.planted) await page.evaluate(order.planted)
  await page.evaluate(AXE)
  // `preload` would fetch the style again, and wait for that.
  const { violations, wide } = await page.evaluate(async tags => {
    // @ts-ignore: axe is a global of its script
    const { violations } = await axe.run(document, { runOnly: tags, resultTypes: ['violations'], preload: false })
    return { violations, wide: document.documentElement.scrollWidth - innerWidth }
  }, TAGS)
  looked++
  for (const { id, help, nodes } of violations) {
    found.push({ page: path, state, rule: id, help, nodes: nodes.map(/** @param {any} node */ node => node.html.slice(0, 200)) })
  }
  if (wide > 0) found.push({ page: path, state, rule: 'narrow', help: `${wide} px wider than the screen`, nodes: [] })
}

/** In the light and in the dark. @param {import('puppeteer-core').Page} page @param {string} path @param {string} state */
async function judgeByDayAndNight(page, path, state) {
  for (const value of ['light', 'dark']) {
    await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value }])
    await judge(page, path, `${state}, ${value}`)
  }
}

await withBrowser(order.browser, async browser => {
  const { page } = await openPage(browser, order.now)
  await page.setViewport(NARROW)
  for (const path of order.pages) {
    await page.goto(order.portal + path, { waitUntil: 'load' })
    if (path.endsWith('/form/')) await page.waitForSelector('body:not([data-state="loading"])')
    await judge(page, path, 'opened')
  }
  if (order.journey) await judgeJourney(page)
})
console.log(JSON.stringify({ looked, found }))

/** From the first question to the receipt. @param {import('puppeteer-core').Page} page */
async function judgeJourney(page) {
  const { service, lang, type } = order.journey
  const path = `${lang === 'vi' ? '' : `/${lang}`}/${service}/form/`
  const form = await Form.open(page, order.portal, service, lang)
  let left = type
  for (let step = await form.where(); step !== '(review)'; ) {
    await form.pressNext()
    await judgeByDayAndNight(page, path, `${step} with errors`)
    // As far as this step asks; conditions open further questions.
    for (let put = 1; put; left = left.slice(put)) put = await form.fill(left)
    await judgeByDayAndNight(page, path, `${await form.where()} filled in`)
    await form.next()
    step = await form.where()
  }
  await judgeByDayAndNight(page, path, 'review')
  await page.setOfflineMode(true)
  await form.press('[data-send]', 'Enter')
  await page.waitForSelector('body[data-state="failed"]')
  await judgeByDayAndNight(page, path, 'not sent')
  await page.setOfflineMode(false)
  await form.press('[data-send]', 'Enter')
  await page.waitForSelector('body[data-state="sent"]')
  await judgeByDayAndNight(page, path, 'receipt')
  await page.setRequestInterception(true)
  page.on('request', request => void (request.resourceType() === 'script' ? request.abort() : request.continue()))
  await page.goto(order.portal + path, { waitUntil: 'load' })
  await judgeByDayAndNight(page, path, 'script that does not come')
}
