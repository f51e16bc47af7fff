// What becomes of a receipt on a person's device.
// In: an Order with `service`, `type` (a scenario's) and `folder`, where files may be written. Out: see tests/tests/receipts.rs.

import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { qrOf } from '../../site/script/qr.js'
import { Form, asMedium, openPage, picture, readOrder, withBrowser } from './driver.mjs'

const order = await readOrder()
const result = await withBrowser(order.browser, async browser => {
  const { page, complaints, downloads } = await openPage(browser, order.now)
  const form = await Form.open(page, order.portal, order.service, 'vi')
  for (const [name, value] of order.type) await form.enter(name, value)
  await form.toReview()
  const sent = await form.send(downloads)

  // Their own copy, on the page and in one file.
  await page.waitForSelector('#copy svg')
  const copy = await page.$eval('#copy', copy => copy.textContent ?? '')
  const drawn = await page.$eval('#copy path', path => path.getAttribute('d') ?? '')
  const isCode = drawn === pathOf(sent.receipt.split('\n')[0])
  await page.click('[data-whole]')
  const file = sent.download.replace(/txt$/, 'html')
  const whole = await form.downloaded(join(downloads, file))
  const copied = await shown(browser, join(downloads, file))

  // Unasked nothing stays.
  const unasked = await page.evaluate(() => indexedDB.databases().then(all => all.filter(({ name }) => name === 'motcua').length))
  await form.press('[data-keep]', 'Enter')
  await page.waitForSelector('.keep a')
  const link = await page.$eval('.keep a', link => link.getAttribute('href'))
  await asMedium(page, 'print', order.browser)
  const printed = await page.evaluate(() => {
    const isSeen = (/** @type {Element} */ element) => element.checkVisibility()
    const text = [...document.querySelectorAll('main *')].filter(one => !one.children.length && isSeen(one)).map(({ textContent }) => textContent)
    return { words: text.join(' '), buttons: [...document.querySelectorAll('button, a.button')].filter(isSeen).length, code: document.querySelector('#copy svg')?.getBoundingClientRect().width }
  })
  await asMedium(page, 'screen', order.browser)
  await picture(page, order.pictures, 'receipt')

  const open = async (/** @type {string} */ address) => {
    await page.goto(order.portal + address, { waitUntil: 'load' })
    await page.waitForSelector('body[data-state="ready"]')
  }
  const listed = () => page.$$eval('#kept li', items => items.map(item => ({ reference: item.dataset.reference, words: item.textContent })))
  await open('/receipts/')
  const kept = await listed()
  await picture(page, order.pictures, 'receipts')
  rmSync(join(downloads, sent.download))
  await page.click('#kept a')
  const saved = await form.downloaded(join(downloads, sent.download))

  // Checked without a network, in both languages.
  const verdicts = []
  for (const address of ['/verify/', '/en/verify/']) {
    await open(address)
    await page.setOfflineMode(true)
    for (const [name, text] of Object.entries({ ...changed(sent.receipt), page: whole })) verdicts.push({ address, name, ...(await verdict(page, name, text)) })
    await page.setOfflineMode(false)
  }
  await open('/verify/')
  await verdict(page, 'receipt', sent.receipt)
  await picture(page, order.pictures, 'verify')
  const dropped = await drop(page, sent.receipt)

  // Forgotten one by one, and all at once.
  await open('/receipts/')
  await keptTwice(page)
  await page.reload()
  await page.waitForSelector('#kept li + li')
  await page.focus('#kept button')
  await page.keyboard.press('Enter')
  await page.waitForFunction(() => document.querySelectorAll('#kept li').length === 1)
  await page.focus('#all')
  await page.keyboard.press('Enter')
  await page.waitForSelector('#none:not([hidden])')
  const left = await listed()
  await page.reload()
  await page.waitForSelector('body[data-state="ready"]')
  return { sent, copy, isCode, copied, unasked, link, printed, kept, saved, verdicts, dropped, left: left.length + (await listed()).length, complaints }
})
console.log(JSON.stringify(result))

/** The drawing of a text's code, with four light modules around. @param {string} text */
function pathOf(text) {
  const rows = qrOf(text) ?? []
  return rows.flatMap((row, y) => row.map((is, x) => (is ? `M${x + 4} ${y + 4}h1v1h-1z` : ''))).join('')
}

/** What a person sees who opens the saved file. @param {import('puppeteer-core').Browser} browser @param {string} path */
async function shown(browser, path) {
  const page = await browser.newPage()
  await page.goto(`file://${path}`)
  const seen = await page.evaluate(() => ({ words: document.body.innerText, code: document.querySelector('svg')?.getBoundingClientRect().width, buttons: document.querySelectorAll('button').length }))
  await page.close()
  return seen
}

/** A receipt's file, and such with a fault. @param {string} file @returns {Record<string, string>} */
function changed(file) {
  const [jws, ...proof] = file.split('\n')
  const [header, payload, signature] = jws.split('.')
  const later = JSON.parse(Buffer.from(payload, 'base64url').toString())
  later.received_at++
  const forged = Buffer.from(JSON.stringify(later)).toString('base64url')
  const index = proof.findIndex(line => line.startsWith('index '))
  return {
    whole: file,
    forged: file.replace(payload, forged),
    unsigned: file.replace(signature, signature.replace(/^./, first => (first === 'A' ? 'B' : 'A'))),
    headless: file.replace(header, header.slice(1)),
    elsewhere: file.replace(proof[index], 'index 7'),
    cut: file.slice(0, -40),
    other: 'Biên nhận',
  }
}

/** What the page says of a file. @param {import('puppeteer-core').Page} page @param {string} name @param {string} text */
async function verdict(page, name, text) {
  const path = join(order.folder, `${name}.txt`)
  writeFileSync(path, text)
  const input = /** @type {import('puppeteer-core').ElementHandle<HTMLInputElement> | null} */ (await page.$('#file'))
  await input?.uploadFile(path)
  await page.waitForFunction(name => document.querySelector('#verdict h2')?.textContent === name, {}, `${name}.txt`)
  return page.evaluate(() => ({
    marks: [...document.querySelectorAll('[data-verdict]')].map(line => line.getAttribute('data-verdict')),
    words: document.querySelector('#verdict')?.textContent,
  }))
}

/** Drops the receipt's file onto the page that verifies; what it says. @param {import('puppeteer-core').Page} page @param {string} text */
async function drop(page, text) {
  await page.evaluate(text => {
    const dataTransfer = new DataTransfer()
    dataTransfer.items.add(new File([text], 'dropped.txt'))
    document.querySelector('main')?.dispatchEvent(new DragEvent('drop', { dataTransfer, bubbles: true, cancelable: true }))
  }, text)
  await page.waitForFunction(() => document.querySelector('#verdict h2')?.textContent === 'dropped.txt')
  return page.$$eval('[data-verdict]', lines => lines.map(line => line.getAttribute('data-verdict')))
}

/** A second receipt on the device: the kept one under another id. @param {import('puppeteer-core').Page} page */
async function keptTwice(page) {
  await page.evaluate(async () => {
    /** @type {IDBDatabase} */
    const database = await new Promise(done => {
      const opening = indexedDB.open('motcua')
      opening.onsuccess = () => done(opening.result)
    })
    const store = database.transaction('cases', 'readwrite').objectStore('cases')
    const all = store.getAll()
    await new Promise(done => (all.onsuccess = done))
    const putting = store.put({ ...all.result[0], id: 'another', reference: 'AAAAA-AAAAA' })
    await new Promise(done => (putting.onsuccess = done))
    database.close()
  })
}
