// A page without a network: filled in, sealed, kept, and sent once when the link is back.
// In: an Order with `service`, `type` (a scenario's) and `folder` (where the portal lies). Out: see tests/tests/offline.rs.

import { readFileSync, readdirSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Form, OF_A_CUT_LINK, anotherPage, linkOf, openPage, picture, readOrder, withBrowser } from './driver.mjs'
import { recordsOf } from './device.mjs'

const order = await readOrder()
const path = `/${order.service}/form/`
/** Longer than a manifest may be sent. */
const LATE_SECONDS = 25 * 3600

const result = await withBrowser(order.browser, async browser => {
  const { page, context, complaints } = await openPage(browser, order.now)
  await page.goto(`${order.portal}/receipts/`, { waitUntil: 'load' })
  await kept(page, '/receipts/')
  let form = await Form.open(page, order.portal, order.service, 'vi')
  const link = await linkOf(browser, order.browser)
  await kept(page, path)
  const { page: other } = await anotherPage(context, order.now)

  // Seen once: opened, filled in and sealed without a network.
  await link(false, page, other)
  await page.bringToFront()
  await page.reload({ waitUntil: 'load' })
  await page.waitForSelector('body[data-state="ready"]')
  form = new Form(page)
  for (const [name, value] of order.type) await form.enter(name, value)
  await form.toReview()
  await send(page, 'waiting')
  const said = await page.$eval('#status', status => status.textContent)
  await picture(page, order.pictures, 'waiting')
  const [sealed] = await outbox(page)

  // Another tab of the same person has it, too.
  await other.bringToFront()
  await other.goto(`${order.portal}/receipts/`, { waitUntil: 'load' })
  await other.waitForSelector('#waiting li')
  await other.focus('#waiting button')
  await other.keyboard.press('Enter')
  await other.waitForSelector('#waiting button:not([disabled])')
  const still = await other.$eval('#waiting [role=status]', status => status.textContent)
  await picture(other, order.pictures, 'waiting-list')

  // The link is back for both at once.
  await link(true, page, other)
  await page.bringToFront()
  // A page that did not hear of it looks after 20 s by itself.
  await page.waitForSelector('body[data-state="sent"], body[data-state="failed"]', { timeout: 60_000 })
  const first = { id: sealed.id, state: await form.where(), left: await emptied(page) }

  // Sealed a day and more ago, sent now from the list.
  await Form.open(page, order.portal, order.service, 'vi')
  form = new Form(page)
  await form.fillAll(order.type)
  await page.evaluate(seconds => {
    const now = Date.now
    Date.now = () => now() - seconds * 1000
  }, LATE_SECONDS)
  // A draft of it is kept, which nobody needs any more once it is sent.
  for (const mark of ['ask', 'keep']) {
    await page.waitForSelector(`[data-draft-${mark}]`)
    await form.press(`[data-draft-${mark}]`, 'Enter')
  }
  await page.waitForSelector('[data-draft-erase]')
  await link(false, page, other)
  await send(page, 'waiting')
  const [late] = await outbox(page)
  const drafted = (await recordsOf(page, 'motcua-drafts', 'drafts')).length
  await page.close()
  await link(true, other)
  await other.bringToFront()
  await other.goto(`${order.portal}${path}`, { waitUntil: 'load' })
  await other.waitForSelector('#waits a')
  await other.goto(`${order.portal}/receipts/`, { waitUntil: 'load' })
  await other.waitForSelector('#waiting button')
  await other.focus('#waiting button')
  await other.keyboard.press('Enter')
  const second = { id: late.id, exp: late.exp, at: late.at, left: await emptied(other) }
  await other.waitForSelector('#kept li a[download]')
  const draft = { drafted, left: (await recordsOf(other, 'motcua-drafts', 'drafts')).length }

  // What waits can be dropped: on its page, which goes back to the review, and from the list.
  form = await Form.open(other, order.portal, order.service, 'vi')
  await form.fillAll(order.type)
  await link(false, other)
  await send(other, 'waiting')
  await form.press('[data-unsend]', 'Enter')
  const dropped = [await emptied(other), await form.where()]
  await send(other, 'waiting')
  await other.goto(`${order.portal}/receipts/`, { waitUntil: 'load' })
  await other.waitForSelector('#waiting button')
  await form.press('#waiting button.quiet', 'Enter')
  dropped.push(await emptied(other))
  await link(true, other)

  // The portal is published anew while a page is open: it goes on with its own files, the next visit has the new ones.
  form = await Form.open(other, order.portal, order.service, 'vi')
  await kept(other, path)
  const names = publishAnew(join(order.folder, path, 'index.html'), join(order.folder, 'assets'))
  await form.fillAll(order.type)
  await send(other, 'sent')
  const old = await filesOf(other, path)
  // Browsers ask for a page again after some minutes, or when they are told to.
  await other.reload({ waitUntil: 'load' })
  await kept(other, path, names.new)
  await link(false, other)
  await Form.open(other, order.portal, order.service, 'vi')
  const anew = await filesOf(other, path)
  return { said, still, sealed, first, second, draft, dropped, names, old, anew, complaints: complaints.filter(line => !OF_A_CUT_LINK.test(line)) }
})
console.log(JSON.stringify(result))

/** Presses "send" and waits for what comes of it. @param {import('puppeteer-core').Page} page @param {string} state */
async function send(page, state) {
  await page.focus('[data-send]')
  await page.keyboard.press('Enter')
  await page.waitForSelector('body[data-state="sent"], body[data-state="failed"], body[data-state="waiting"]')
  const is = await page.evaluate(() => `${document.body.dataset.state} ${document.querySelector('#status')?.textContent}`)
  if (!is.startsWith(state)) throw new Error(`after sending: ${is}, not ${state}`)
}

/** Waits until the worker has kept a page whole, with that file among what it loads, and what sealing needs. @param {import('puppeteer-core').Page} page @param {string} path @param {string} file */
function kept(page, path, file = '') {
  return page.waitForFunction(
    async (path, file) => {
      const names = (await caches.keys()).filter(name => name.startsWith(`motcua page ${path} `))
      const whole = await Promise.all(names.map(async name => {
        const cache = await caches.open(name)
        return (await cache.match(path)) && (!file || (await cache.match(`/assets/${file}`)))
      }))
      return whole.some(Boolean) && (path === '/receipts/' || (await caches.match('/catalogue.jws')))
    },
    { polling: 200 },
    path,
    file,
  )
}

/** What of the kind the worker has kept for the page. @param {import('puppeteer-core').Page} page @param {string} path */
function filesOf(page, path) {
  return page.evaluate(async path => {
    const names = (await caches.keys()).filter(name => name.startsWith(`motcua page ${path} `))
    const files = await Promise.all(names.map(async name => (await (await caches.open(name)).keys()).map(({ url }) => new URL(url).pathname)))
    return files.map(paths => paths.filter(path => path.includes('/words.faults.')))
  }, path)
}

/** What waits on the device, its key by whether it can be taken out. @param {import('puppeteer-core').Page} page */
async function outbox(page) {
  const records = await recordsOf(page, 'motcua-outbox', 'waiting')
  return records.map(({ case_, ...its }) => ({ ...its, extractable: case_.keys.privateKey.extractable }))
}

/** Waits until nothing waits any more; what does. @param {import('puppeteer-core').Page} page */
async function emptied(page) {
  const begun = Date.now()
  while ((await outbox(page)).length && Date.now() - begun < 60_000) await new Promise(done => setTimeout(done, 50))
  return (await outbox(page)).length
}

/** The same page with its words under another name, and without the old one. @param {string} page @param {string} assets */
function publishAnew(page, assets) {
  const text = readFileSync(page, 'utf8')
  const [, digest] = /"words\.faults":"([\w-]+)"/.exec(text) ?? []
  const old = readdirSync(assets).find(name => name === `words.faults.${digest}.json`) ?? ''
  writeFileSync(page, text.replace(`"words.faults":"${digest}"`, '"words.faults":"AnewAnew00"'))
  const anew = 'words.faults.AnewAnew00.json'
  renameSync(join(assets, old), join(assets, anew))
  return { old, new: anew }
}
