// Files sealed by the portal's own worker, and how much memory the browser takes meanwhile.
// In: an Order with `sealer`, the path of the worker's script, `files: [path]`, sealed one after another. Out: see tests/tests/large.rs.

import { readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { anotherPage, readOrder, withBrowser } from './driver.mjs'

const order = await readOrder()
const result = await withBrowser(order.browser, async browser => {
  // Not in a private window: there the browser has no disk to keep anything on.
  const { page, complaints } = await anotherPage(browser.defaultBrowserContext(), order.now)
  // Only the portal's own script starts a worker; here the test stands in its place.
  await page.setBypassCSP(true)
  await page.goto(`${order.portal}/receipts/`, { waitUntil: 'load' })
  await page.evaluate(() => document.body.append(Object.assign(document.createElement('input'), { type: 'file', id: 'large' })))
  const input = /** @type {import('puppeteer-core').ElementHandle<HTMLInputElement>} */ (await page.$('#large'))
  const sealings = []
  for (const path of order.files) {
    await input.uploadFile(path)
    const processes = processesOf(browser.process()?.pid ?? 0)
    const before = processes.map(startPeak)
    const done = await page.evaluate(sealed, order.sealer)
    const peaks = processes.map(pid => memory(pid, 'VmHWM'))
    const growth = peaks.reduce((sum, peak, index) => sum + peak - (before[index] ?? 0), 0)
    const pieces = await page.evaluate(piecesKept)
    await page.evaluate(() => indexedDB.deleteDatabase('motcua-pieces'))
    sealings.push({ ...done, pieces, growth })
  }
  return { sealings, complaints }
})
console.log(JSON.stringify(result))

/** Has the chosen file sealed; in the page. @param {string} sealer */
function sealed(sealer) {
  const [file] = /** @type {HTMLInputElement} */ (document.querySelector('#large')).files ?? []
  const worker = new Worker(sealer, { type: 'module' })
  const [ikm, salt] = [crypto.getRandomValues(new Uint8Array(16)), crypto.getRandomValues(new Uint8Array(16))]
  return new Promise((resolve, reject) => {
    worker.onerror = () => reject(new Error('the worker does not run'))
    worker.onmessage = ({ data }) => {
      worker.terminate()
      resolve({ len: data.len, failure: data.failure })
    }
    worker.postMessage({ id: 'large', n: 'a1', file, ikm, salt })
  })
}

/** How many pieces lie on the device; in the page. */
async function piecesKept() {
  /** @type {IDBDatabase} */
  const database = await new Promise(done => {
    const opening = indexedDB.open('motcua-pieces')
    opening.onsuccess = () => done(opening.result)
  })
  const asked = database.transaction('pieces').objectStore('pieces').count()
  await new Promise(done => (asked.onsuccess = done))
  database.close()
  return asked.result
}

/** A process and all that come from it. @param {number} root @returns {number[]} */
function processesOf(root) {
  const parents = readdirSync('/proc').filter(name => /^\d+$/.test(name)).flatMap(pid => {
    try {
      return [[Number(pid), Number(readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ')[1])]]
    } catch {
      return []
    }
  })
  const all = [root]
  for (const one of all) for (const [pid, parent] of parents) if (parent === one && pid) all.push(pid)
  return all
}

/** How many bytes of memory a process has, or had at most (Linux, proc(5)). @param {number} pid @param {'VmRSS' | 'VmHWM'} which */
function memory(pid, which) {
  const [, kib = '0'] = new RegExp(`${which}:\\s+(\\d+)`).exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? []
  return Number(kib) * 1024
}

/** From here on counts the most that a process has; what it has now. @param {number} pid */
function startPeak(pid) {
  writeFileSync(`/proc/${pid}/clear_refs`, '5')
  return memory(pid, 'VmRSS')
}
