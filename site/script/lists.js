/**
 * What the page loads by itself: long lists, words. On paper a long list is a line to write on; here it becomes a native
 * select once the list is there.
 *
 * @import { List, Lists, ListItem } from './types'
 */
import { all, data, element, say } from './page.js';
import { ABROAD } from '../components/admin-unit/script.js';
import { cityNow } from './clock.js';

/** Those that are there, by name. @type {Lists} */
export const lists = {};

/** @type {Record<string, Promise<void> | undefined>} */
const underWay = {};

/** Loads one, once; after a failure again. */
export const load = (/** @type {string} */ name) =>
  (underWay[name] ||= fetch(`/assets/${name}.${data.lists[name]}.json`)
    .then((answer) => answer.json())
    .then((list) => void (lists[name] = list))
    .catch(() => void (underWay[name] = undefined)));

const lines = (/** @type {Element} */ root) => all('input[data-list]', root);

/** Loads the lists of what stands under `root`, and the words of faults. */
export const loadLists = (/** @type {Element} */ root) => Promise.all(['words.faults', ...lines(root).map(({ dataset }) => dataset.list || '')].map(load));

/** Turns the lines under `root` into selects; whether all that it needs was there. */
export const fillLists = (/** @type {Element} */ root) => {
  for (const line of lines(root)) {
    const list = lists[line.dataset.list || ''];
    if (list) line.replaceWith(selectFor(line, list));
  }
  return !lines(root)[0] && !!lists['words.faults'];
};

/** @type {(line: HTMLInputElement, list: List) => HTMLSelectElement} */
const selectFor = (line, { groups = [], items }) => {
  const select = document.createElement('select');
  for (const { name, value } of line.attributes) if (!/^data/.test(name)) select.setAttribute(name, value);
  select.add(new Option(say('choose'), ''));
  /** @type {Record<string, Element>} */
  const parents = {};
  for (const { code, label } of groups) select.append((parents[code] = element('optgroup', '', { label })));
  for (const item of items) (parents[item.group || ''] || select).append(optionFor(item, 'open' in line.dataset));
  if ('abroad' in line.dataset) select.add(new Option(say('abroad'), ABROAD));
  select.value = line.value;
  return select;
};

/** Where only open agencies can be chosen, the others say from when, or that they are closed. @type {(item: ListItem, onlyOpen: boolean) => HTMLOptionElement} */
const optionFor = ({ code, label, opens = '', closes = '9' }, onlyOpen) => {
  const option = new Option(label, code);
  const at = cityNow();
  option.disabled = onlyOpen && (opens > at || closes <= at);
  if (option.disabled) option.text += ` (${opens > at ? say('opens', { date: dayWords(opens.slice(0, 10)) }) : say('closed')})`;
  return option;
};

/** `25/07/2016`; what is no day as it is. */
export const dayWords = (/** @type {unknown} */ day) => `${day}`.replace(/^(\d{4})-(\d\d)-(\d\d)$/, '$3/$2/$1');
