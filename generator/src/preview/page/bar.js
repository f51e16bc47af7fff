/** The switch: a form in each of its states, in each language, and on a small telephone. All of it is links. */
import { element, wordsOf } from './words.js';

/** The states by the name they have in an address: `?preview=errors`. The first is the page as it comes. */
export const STATES = /** @type {const} */ (['empty', 'errors', 'everything', 'print']);

/** @typedef {typeof STATES[number]} State */

/** Where a page stands in a frame of 320 px. */
export const NARROW = '/_motcua/narrow';

/** The state that an address asks for. @type {(search: string) => State} */
export const stateOf = (search) => {
  const asked = new URLSearchParams(search).get('preview');
  return STATES.find((state) => state === asked) ?? STATES[0];
};

/** The bar for a form's page. `shown` is the page itself, `isNarrow` whether it stands in a frame. @type {(shown: Document, isNarrow: boolean) => HTMLElement} */
export const bar = (shown, isNarrow) => {
  const { pathname, search } = shown.location;
  const language = shown.documentElement.lang;
  const words = wordsOf(language);
  const state = stateOf(search);
  const address = (/** @type {string} */ path, /** @type {State} */ of, /** @type {boolean} */ narrow) => `${narrow ? NARROW : ''}${path}${of === STATES[0] ? '' : `?preview=${of}`}`;
  const states = STATES.map((name) => link(words[name], address(pathname, name, isNarrow), name === state));
  const others = /** @type {NodeListOf<HTMLAnchorElement>} */ (shown.querySelectorAll('.languages a[hreflang]'));
  const pages = [{ hreflang: language, href: shown.URL }, ...others];
  const languages = pages.map((alternate) => {
    const tag = alternate.hreflang;
    const named = new Intl.DisplayNames([tag], { type: 'language' }).of(tag) ?? tag;
    return link(named, address(new URL(alternate.href).pathname, state, isNarrow), tag === language, tag);
  });
  const widths = [false, true].map((narrow) =>
    link(narrow ? words.narrow : words.full, address(pathname, state, narrow), narrow === isNarrow),
  );
  return element(
    'nav',
    { 'aria-label': words.bar, lang: language },
    group(words.states, states),
    group(words.languages, languages),
    group(words.widths, widths),
  );
};

/** @type {(name: string, links: HTMLElement[]) => HTMLElement} */
const group = (name, links) => element('ul', { 'aria-label': name }, ...links.map((one) => element('li', {}, one)));

/** @type {(words: string, href: string, isCurrent: boolean, lang?: string) => HTMLElement} */
const link = (words, href, isCurrent, lang) => element('a', { href, lang, 'aria-current': isCurrent ? 'page' : undefined }, words);
