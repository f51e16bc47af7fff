/**
 * Long lists. On paper they are lines to write on; here each becomes a native select once its list is there.
 *
 * @import { List, Lists, ListItem } from './types'
 */
import { all, data, element, say, textOf } from './page.js';
import { ABROAD } from '../components/admin-unit/script.js';
import { cityNow } from './clock.js';

/** The lists that are there. @type {Lists} */
export const lists = {};

/** @type {Record<string, Promise<void> | undefined>} */
const underWay = {};

/** Starts to load a list, once. */
const load = (/** @type {string} */ id) =>
  (underWay[id] ||= fetch(data.lists[id])
    .then((answer) => answer.json())
    .then((/** @type {List} */ list) => void (lists[id] = list))
    .catch(() => void (underWay[id] = undefined)));

const lines = (/** @type {Element} */ root) => all('input[data-list]', root);

/** Loads the lists of what stands under `root`. */
export const loadLists = (/** @type {Element} */ root) => Promise.all(lines(root).map(({ dataset }) => load(dataset.list || '')));

/** Turns the lines under `root` into selects; whether all their lists were there. */
export const fillLists = (/** @type {Element} */ root) => {
  for (const line of lines(root)) {
    const list = lists[line.dataset.list || ''];
    if (list) line.replaceWith(selectFor(line, list));
  }
  return !lines(root)[0];
};

/** @type {(line: HTMLInputElement, list: List) => HTMLSelectElement} */
const selectFor = (line, { groups = [], items }) => {
  const select = document.createElement('select');
  for (const { name, value } of line.attributes) if (!/^data/.test(name)) select.setAttribute(name, value);
  select.add(new Option(say('choose'), ''));
  /** @type {Record<string, Element>} */
  const parents = {};
  for (const { code, label } of groups) select.append((parents[code] = element('optgroup', '', { label: textOf(label) })));
  for (const item of items) (parents[item.group || ''] || select).append(optionFor(item, 'open' in line.dataset));
  if ('abroad' in line.dataset) select.add(new Option(say('abroad'), ABROAD));
  select.value = line.value;
  return select;
};

/** Where only open agencies can be chosen, the others say from when, or that they are closed. @type {(item: ListItem, onlyOpen: boolean) => HTMLOptionElement} */
const optionFor = ({ code, label, opens = '', closes = '9' }, onlyOpen) => {
  const option = new Option(textOf(label), code);
  const at = cityNow();
  option.disabled = onlyOpen && (opens > at || closes <= at);
  if (option.disabled) option.text += ` (${opens > at ? say('opens', { date: opens.slice(0, 10).split('-').reverse().join('/') }) : say('closed')})`;
  return option;
};
