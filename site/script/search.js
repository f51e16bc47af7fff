/**
 * The search over services and agencies. Its index is many small files (generator/src/search.rs); a search loads those that
 * it needs. Without this script the pages have lists and groups instead.
 */
import { fitting } from './fitting.js';
import { folded } from './folded.js';

/** How many results are shown. */
const SHOWN_MAX = 10;

/** @typedef {{ words: string, lengths: string, letters: Record<number, string>, titles: string[], each: number }} Index */
/** @typedef {[title: string, url: string, note: string]} Line */

/** @type {Record<string, Promise<any> | undefined>} */
const indexFiles = {};

/** A file of the index, once; after a failure again. */
const indexFile = (/** @type {string} */ address) =>
  (indexFiles[address] ||= fetch(address)
    .then((answer) => answer.json())
    .catch((error) => {
      indexFiles[address] = undefined;
      throw error;
    }));

/** The titles in which fitting words stand: number → weight of the best of them. */
const titlesOf = async (/** @type {[number, number][]} */ fits, /** @type {string[]} */ words, /** @type {Index} */ index) => {
  /** @type {Map<number, number>} */
  const weights = new Map();
  for (const [place, weight] of fits) {
    const letter = words[place].codePointAt(0) || 0;
    const first = words.findIndex((word) => word.codePointAt(0) === letter);
    let number = 0;
    for (const step of (await indexFile(`/assets/search-${letter}.${index.letters[letter]}.json`))[place - first]) {
      number += step;
      weights.set(number, Math.max(weight, weights.get(number) || 0));
    }
  }
  return weights;
};

/** The lines that fit best what was typed: all its words if any title has them all, short titles first. @type {(typed: string, address: string) => Promise<Line[]>} */
export const search = async (typed, address) => {
  const wanted = folded(typed);
  if (!wanted) return [];
  /** @type {Index} */
  const index = await indexFile(address);
  const words = index.words.split(' ');
  /** @type {Map<number, { words: number, weight: number }>} */
  const found = new Map();
  for (const word of new Set(wanted.split(' '))) {
    for (const [number, weight] of await titlesOf(fitting(word, words), words, index)) {
      const before = found.get(number) || { words: 0, weight: 0 };
      found.set(number, { words: before.words + 1, weight: before.weight + weight });
    }
  }
  const length = (/** @type {number} */ number) => parseInt(index.lengths[number], 36);
  const most = Math.max(...[...found.values()].map(({ words }) => words));
  const best = [...found]
    .filter(([, { words }]) => words === most)
    .sort(([a, { weight: ofA }], [b, { weight: ofB }]) => ofB - ofA || length(a) - length(b) || a - b)
    .slice(0, SHOWN_MAX);
  const lines = best.map(async ([number]) => {
    const file = Math.floor(number / index.each);
    return (await indexFile(`/assets/search-t${file}.${index.titles[file]}.json`))[number % index.each];
  });
  // First what has the words in this order, and among these what has them with the same marks.
  const marked = typed.trim().toLowerCase().normalize();
  const inOrder = (/** @type {Line} */ [title]) => Number(folded(title).includes(wanted)) + Number(title.toLowerCase().includes(marked));
  return (await Promise.all(lines)).sort((a, b) => inOrder(b) - inOrder(a));
};

const searchBox = /** @type {HTMLFormElement | null} */ (globalThis.document?.querySelector('[data-search]'));
if (searchBox) {
  const [field, list] = [searchBox.querySelector('input'), searchBox.querySelector('ul')];
  const status = searchBox.querySelector('[role=status]');
  let turn = 0;
  const show = async () => {
    const mine = ++turn;
    const typed = field?.value || '';
    const lines = await search(typed, searchBox.dataset.search || '').catch(() => null);
    if (mine !== turn) return;
    list?.replaceChildren(...(lines || []).map(line));
    const { none, some, failed } = searchBox.dataset;
    const said = !lines ? failed : lines[0] ? some?.replace('{count}', `${lines.length}`) : folded(typed) ? none : '';
    if (status) status.textContent = said || '';
  };
  const line = (/** @type {Line} */ [title, url, note]) => {
    const [item, link, tag] = ['li', 'a', 'span'].map((name) => document.createElement(name));
    link.textContent = title;
    link.setAttribute('href', url);
    tag.textContent = note;
    tag.className = 'tag';
    item.append(link, ' ', tag);
    return item;
  };
  searchBox.hidden = false;
  searchBox.addEventListener('input', show);
  searchBox.addEventListener('submit', (event) => {
    event.preventDefault();
    show();
  });
}
