/** The switch: a form in each of its states, in each language, and on a small telephone. All of it is links. */
import { element, wordsOf } from './words.js';

/** The states by the name they have in an address: `?preview=errors`. The first is the page as it comes. */
export const STATES = ['empty', 'errors', 'everything', 'print'];

/** Where a page stands in a frame of 320 px. */
export const NARROW = '/_motcua/narrow';

/** The state that an address asks for. */
export const stateOf = (search) => {
  const asked = new URLSearchParams(search).get('preview');
  return STATES.includes(asked) ? asked : STATES[0];
};

/** The bar for a form's page. `shown` is the page itself, `isNarrow` whether it stands in a frame. */
export const bar = (shown, isNarrow) => {
  const { pathname, search } = shown.location;
  const language = shown.documentElement.lang;
  const words = wordsOf(language);
  const state = stateOf(search);
  const address = (path, of, narrow) => `${narrow ? NARROW : ''}${path}${of === STATES[0] ? '' : `?preview=${of}`}`;
  const states = STATES.map((name) => link(words[name], address(pathname, name, isNarrow), name === state));
  const pages = [{ hreflang: language, href: shown.URL }, ...shown.querySelectorAll('.languages a[hreflang]')];
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

const group = (name, links) => element('ul', { 'aria-label': name }, ...links.map((one) => element('li', {}, one)));

const link = (words, href, isCurrent, lang) => element('a', { href, lang, 'aria-current': isCurrent ? 'page' : undefined }, words);
