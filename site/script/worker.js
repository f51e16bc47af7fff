/**
 * The worker that keeps what a person has seen, so that it opens without a network: each version of a page in a cache of its own,
 * with everything that it loads or may load later. Files have the digest of their content in their names, so none is ever out of date.
 * It takes no part in what goes to or comes from others, such as the relay.
 */

/** A page's caches, one a version: this, the page's path, the digest of its text. */
const PAGES = 'motcua page ';
/** Where offices' keys lie, and what else is asked for by a name that stays. */
const NAMED = 'motcua named';
/** The pages that are kept, the latest. */
const PAGES_MAX = 30;
/** How long the network may take before what is kept is shown. */
const PATIENCE_MS = 4000;

/** What its name says, by the digest of its content. */
const LASTING = /^\/(assets|lists)\//;
/** What is signed, or belongs to a form's version. */
const SIGNED = /^\/(keys\/|forms\/|catalogue\.jws$)/;
/** What a form is sealed with for any office, whose own keys are in the catalogue, too. */
const FOR_SEALING = ['/keys/relay.jws', '/keys/recovery.jws'];
const CATALOGUE = '/catalogue.jws';
/** The catalogue is the largest file of all: for so long the kept one will do. */
const CATALOGUE_MS = 86_400_000;
/** The data of a page that can seal, whatever quotes its attributes have. */
const SEALS = /\sid=["']?motcua["'\s>]/;

const here = /** @type {any} */ (globalThis);

/** Addresses of files in a text: a page, its data, a script, words. @type {(text: string) => string[]} */
const filesIn = (text) => {
  const linked = text.match(/\/assets\/[\w.-]+\.\w+/g) || [];
  const imported = [...text.matchAll(/["']\.\/([\w.-]+\.js)["']/g)].map(([, name]) => `/assets/${name}`);
  const [, loaded = '{}'] = /"lists":(\{.*?\})/.exec(text) || [];
  const asked = Object.entries(JSON.parse(loaded)).map(([name, digest]) => `/assets/${name}.${digest}.json`);
  return [...linked, ...imported, ...asked];
};

/** Keeps all that a text leads to; fails where one is missing. @type {(cache: Cache, text: string, seen: Set<string>) => Promise<void>} */
const keepFiles = async (cache, text, seen) => {
  for (const path of filesIn(text)) {
    if (seen.has(path)) continue;
    seen.add(path);
    const kept = (await caches.match(path)) || (await fetch(path));
    if (!kept.ok) throw new TypeError(`${path}: ${kept.status}`);
    await cache.put(path, kept.clone());
    await keepFiles(cache, await kept.text(), seen);
  }
};

const digestOfPage = async (/** @type {string} */ text) => {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text)));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('');
};

/** The caches of a page's versions, the oldest first. */
const versionsOf = async (/** @type {string} */ path) => (await caches.keys()).filter((name) => name.startsWith(`${PAGES}${path} `));

/** Forgets what no page needs any more: other versions, unless one may be open in another tab, and pages of long ago. */
const forgetOld = async (/** @type {string} */ path, /** @type {string} */ newest) => {
  const open = await here.clients.matchAll({ type: 'window' });
  const pages = (await caches.keys()).filter((name) => name.startsWith(PAGES));
  const old = open.length > 1 ? [] : (await versionsOf(path)).filter((name) => name !== newest);
  for (const name of [...old, ...pages.slice(0, -PAGES_MAX)]) await caches.delete(name);
};

/** Keeps a page as it has come. The page itself is put last: what is kept is whole. */
const keepPage = async (/** @type {string} */ path, /** @type {Response} */ page) => {
  if (!page.ok) return;
  const text = await page.clone().text();
  const name = `${PAGES}${path} ${await digestOfPage(text)}`;
  const cache = await caches.open(name);
  if (!(await cache.match(path))) {
    await keepFiles(cache, text, new Set());
    await cache.put(path, page);
  }
  await forgetOld(path, name);
  if (SEALS.test(text)) await keepForSealing();
};

/** What a page seals with: without the catalogue it can seal for those offices whose keys it has asked for already. */
const keepForSealing = async () => {
  const kept = await caches.match(CATALOGUE);
  const isOld = !(Date.now() - Date.parse(kept?.headers.get('date') || '') < CATALOGUE_MS);
  const wanted = isOld && !here.navigator.connection?.saveData ? [...FOR_SEALING, CATALOGUE] : FOR_SEALING;
  await Promise.all(wanted.map((path) => keepNamed(new Request(path))));
};

/** The newest kept version of a page. */
const keptPage = async (/** @type {string} */ path) => {
  for (const name of (await versionsOf(path)).reverse()) {
    const page = await (await caches.open(name)).match(path);
    if (page) return page;
  }
  return undefined;
};

/** Asks the network and keeps what it says, where the device has room: what it says counts all the same. */
const keepNamed = async (/** @type {Request} */ request) => {
  const answer = await fetch(request);
  const kept = answer.clone();
  if (answer.ok) await caches.open(NAMED).then((cache) => cache.put(new URL(request.url).pathname, kept)).catch(() => {});
  return answer;
};

/** What the network says, when it says something soon enough, else what is kept; where nothing is kept, the network's word. @type {(network: Promise<Response>, kept: () => Promise<Response | undefined>) => Promise<Response>} */
const networkFirst = async (network, kept) => {
  const patience = new Promise((resolve) => setTimeout(resolve, PATIENCE_MS));
  const answer = await Promise.race([network, patience]).catch(() => undefined);
  return answer?.status < 500 ? answer : (await kept()) || network;
};

/** @param {any} event */
const visit = (event) => {
  const { pathname } = new URL(event.request.url);
  const network = fetch(event.request);
  event.respondWith(networkFirst(network.then((answer) => answer.clone()), () => keptPage(pathname)));
  // A page that cannot be kept is none the worse for it.
  event.waitUntil(network.then((answer) => keepPage(pathname, answer)).catch(() => {}));
};

/** Takes on the pages that were there before this worker, and keeps them as the browser has them. */
const keepOpenPages = async () => {
  await here.clients.claim();
  for (const { url } of await here.clients.matchAll({ type: 'window' })) {
    const { pathname } = new URL(url);
    await fetch(pathname, { cache: 'force-cache' }).then((answer) => keepPage(pathname, answer)).catch(() => {});
  }
};

/** What pages that are loaded again have lent (`reloaded.js`), by the words that their tabs have for it. It is written nowhere. */
const loans = new Map();
const LOAN_MS = 30_000;

/** Takes a loan for its time, or gives it back. @param {any} event */
const lend = async ({ data: { word, loan }, ports: [port] }) => {
  if (port) port.postMessage(loans.get(word));
  else {
    loans.set(word, loan);
    await new Promise((resolve) => setTimeout(resolve, LOAN_MS));
  }
  loans.delete(word);
};

here.addEventListener('install', () => here.skipWaiting());
here.addEventListener('message', (/** @type {any} */ event) => event.waitUntil(event.data ? lend(event) : keepOpenPages()));
here.addEventListener('fetch', (/** @type {any} */ event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  // Nobody shows a page in a frame but `motcua serve`, which must hear of it from the browser itself.
  if (request.method !== 'GET' || origin !== location.origin || request.destination === 'iframe') return;
  if (request.mode === 'navigate') visit(event);
  else if (LASTING.test(pathname)) event.respondWith(caches.match(pathname).then((kept) => kept || fetch(request)));
  else if (SIGNED.test(pathname)) event.respondWith(networkFirst(keepNamed(request), () => caches.match(pathname)));
});
