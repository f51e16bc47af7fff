// Pages judged by Lighthouse with its settings of a phone: a small screen, a slow processor, a slow link.
// In: an Order with `pages` (paths). Out: [{page, scores: {category: 0–100}, shift: how much moves while the page loads (CLS), faults: audits
// that count and are not good}].

import { createServer } from 'node:http'
import { brotliCompressSync, constants } from 'node:zlib'
import lighthouse from 'lighthouse'
import { readOrder, withBrowser } from './driver.mjs'

/** On a busy machine the recording of a load may fail. */
const TRIES_MAX = 4
/** What Lighthouse holds to be good. */
const GOOD = 0.9

const order = await readOrder()
const host = await compressing(order.portal)
const address = `http://127.0.0.1:${/** @type {import('node:net').AddressInfo} */ (host.address()).port}`
const judged = await withBrowser(order.browser, async browser => {
  const results = []
  for (const path of order.pages) results.push(await judge(path, Number(new URL(browser.wsEndpoint()).port)))
  return results
})
host.close()
host.closeAllConnections()
console.log(JSON.stringify(judged))

/** The portal as a CDN sends it, in brotli: what shows it on this machine does not compress. @param {string} portal */
async function compressing(portal) {
  const params = { [constants.BROTLI_PARAM_QUALITY]: 9 }
  const server = createServer(async (request, response) => {
    const answer = await fetch(portal + request.url)
    const { 'content-length': _, ...headers } = Object.fromEntries(answer.headers)
    const body = brotliCompressSync(Buffer.from(await answer.arrayBuffer()), { params })
    response.writeHead(answer.status, { ...headers, 'content-encoding': 'br' }).end(body)
  })
  await new Promise(done => server.listen(0, '127.0.0.1', () => done(undefined)))
  return server
}

/** @param {string} path @param {number} port - of the browser */
async function judge(path, port) {
  const { audits, categories } = await load(path, port)
  const all = Object.values(categories)
  const scores = Object.fromEntries(all.map(({ id, score }) => [id, Math.round((score ?? 0) * 100)]))
  const counted = all.flatMap(({ auditRefs }) => auditRefs.filter(({ weight }) => weight > 0)).map(({ id }) => audits[id])
  const faults = counted
    .filter(({ score }) => score !== null && score < GOOD)
    .map(({ id, displayValue = '', details }) => `${id} ${displayValue} ${JSON.stringify(details ?? '').slice(0, 300)}`)
  return { page: path, scores, shift: audits['cumulative-layout-shift'].numericValue, faults }
}

/** @param {string} path @param {number} port */
async function load(path, port) {
  for (let tries = 1; ; tries++) {
    const run = await lighthouse(address + path, { port, logLevel: 'silent' })
    if (run && !run.lhr.runtimeError) return run.lhr
    if (tries === TRIES_MAX) throw new Error(`${path}: ${run?.lhr.runtimeError?.message}`)
  }
}
