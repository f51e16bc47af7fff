/**
 * The preview's part of a page: loads it again when its bytes have changed, shows what is wrong with the sources, and
 * offers a form's states. In a frame it only does the first: the page around it shows the rest.
 */
import { NARROW, bar, stateOf } from './bar.js';
import { element, wordsOf } from './words.js';
import { keep, restore } from './answers.js';
import { enter } from './states.js';
import { faultBox } from './faults.js';

/** The digest of the bytes that this page had; none when there was no page. */
const { page } = /** @type {HTMLElement} */ (document.querySelector('script[data-page]')).dataset;
const isFramed = window !== top;
const isNarrow = location.pathname.startsWith(`${NARROW}/`);
const isForm = !!document.querySelector('#form');
const address = isNarrow ? location.pathname.slice(NARROW.length) : location.pathname;
// The preview's own pages speak the language of the address.
if (page === '-') document.documentElement.lang = /^\/(\w\w)\//.exec(address)?.[1] ?? 'vi';
const language = document.documentElement.lang;

// A root of its own: neither the page's style nor the preview's reaches the other.
const host = element('motcua-preview', { lang: language });
const box = element('div', { class: 'faults', role: 'alert' });
const switches = element('div', { class: 'bar' });
host.attachShadow({ mode: 'open' }).append(element('link', { rel: 'stylesheet', href: new URL('preview.css', import.meta.url).href }), box, switches);
if (!isFramed) document.body.prepend(host);

/** @type {EventSource} */
let source;

const connect = () => {
  source = new EventSource(`/_motcua/events/${page}${address}`);
  source.addEventListener('faults', ({ data }) => box.replaceChildren(...faultBox(JSON.parse(data), language, page !== '-')));
  source.addEventListener('reload', reload);
  source.addEventListener('error', () => box.replaceChildren(element('p', {}, wordsOf(language).lost)));
};

const reload = () => {
  // The frame loads itself again; around it nothing changes.
  if (isNarrow) return;
  source.close();
  if (isForm) keep();
  location.reload();
};

// A browser opens few connections to one host: pages that nobody sees give theirs back.
document.addEventListener('visibilitychange', () => {
  source.close();
  if (!document.hidden) connect();
});
connect();

const state = stateOf(location.search);
if (isForm) {
  switches.append(bar(document, false));
  if (state === 'empty') restore();
  else enter(state);
}
if (isNarrow) {
  const frame = /** @type {HTMLIFrameElement} */ (document.querySelector('iframe'));
  frame.addEventListener('load', () => {
    const shown = /** @type {Document} */ (frame.contentDocument);
    switches.replaceChildren(bar(shown, true));
    document.title = frame.title = shown.title;
  });
  frame.src = address + location.search;
}
