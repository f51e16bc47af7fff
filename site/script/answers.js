/**
 * Between inputs and answers: what was typed in canonical form, an answer written back, an answer in words.
 *
 * @import { Answer, Answers, Field, Tree, Typed } from './types'
 */
import { kinds } from './kinds.js';
import { all, controls, fieldElement, fields, one, say, sheet } from './page.js';
import { twoDigits } from './characters.js';

/** What the inputs of a field say. @type {(name: string) => Typed} */
const typedAt = (name) => (part = '') => {
  const input = /** @type {HTMLInputElement | null} */ (sheet.elements.namedItem(name + part));
  return input && (input.type !== 'checkbox' || input.checked) ? input.value.normalize('NFC').trim() : '';
};

/** What the inputs of fields say, by field. @type {(list: Field[], prefix?: string) => Answers} */
export const readAll = (list, prefix = '') => Object.fromEntries(list.map((field) => [field.id, kinds[field.kind][1](typedAt(prefix + field.id), field, prefix + field.id)]));

/** Nothing typed is no answer: empty texts go, and what is left with nothing in it. An entry of a group stays. @type {(value: Answer) => Answer} */
const withoutEmpty = (value) => {
  if (Array.isArray(value)) return value.length ? value.map((entry) => withoutEmpty(entry) || {}) : undefined;
  if (typeof value !== 'object') return value === '' ? undefined : value;
  const full = Object.entries(value).map(([part, inner]) => [part, withoutEmpty(inner)]).filter(([, inner]) => inner !== undefined);
  return full.length ? Object.fromEntries(full) : undefined;
};

/** What all inputs say, hidden ones too. @type {() => Answers} */
export const readSheet = () => withoutEmpty(readAll(fields)) || {};

/** The entries of a repeat group. */
export const entriesOf = (/** @type {string} */ name) => all('.entry', fieldElement(name));

/** Writes an answer into the inputs of a field; parts that it does not have become empty. @type {(id: string, answer: Answer) => void} */
export const fill = (id, answer) => {
  for (const input of controls(fieldElement(id))) {
    const value = partOf(answer, input.name.slice(id.length + 1)) ?? '';
    if (isTick(input)) input.checked = [value].flat().some((one) => `${one}` === input.value);
    else input.value = value;
  }
};

const isTick = (/** @type {HTMLInputElement} */ { type }) => /radio|checkbox/.test(type);

/** A part of an answer by its input's name: `ward`, `issued_on.day`. @type {(answer: Answer, path: string) => Answer} */
const partOf = (answer, path) => {
  let part = answer;
  for (const name of path ? path.split('.') : []) part = typeof part === 'string' ? part.split('-')[['year', 'month', 'day'].indexOf(name)] : part?.[name];
  return part;
};

/** The words of the question. */
export const labelOf = (/** @type {Element} */ field) => one('legend,label', field).textContent?.replace(one('small', field)?.textContent || '', '').trim() || '';

/** An answer as people read it, from the inputs themselves. @type {(field: Element) => string} */
export const wordsOf = (field) => {
  let words = '';
  for (const input of controls(field)) {
    const value = valueWords(input);
    if (!value || input.closest('[hidden]') !== field.closest('[hidden]')) continue;
    words += (words && (/(month|year)$/.test(input.name) ? '/' : /minute$/.test(input.name) ? ':' : ', ')) + value;
  }
  return words || one('output', field)?.value || '';
};

const valueWords = (/** @type {HTMLInputElement} */ input) => {
  const { value, name, labels } = input;
  const { selectedOptions } = /** @type {Partial<HTMLSelectElement>} */ (/** @type {unknown} */ (input));
  if (isTick(input)) return input.checked && (value === 'true' && !/radio/.test(input.type) ? say('agreed') : labels?.[0].textContent?.trim());
  if (selectedOptions) return value && selectedOptions[0].text;
  return /(day|month|hour|minute)$/.test(name) ? twoDigits(value.trim()) : value.trim();
};

/** A worked-out answer as people read it, in the words of the kind that it gives. @type {(tree: Tree, valueOf: (tree: Tree) => Answer, gives?: string) => string} */
export const computedWords = (tree, valueOf, gives = '') => {
  const value = valueOf(tree);
  if (value === undefined) return '';
  const inWords = kinds[gives]?.[4];
  if (inWords) return inWords(value);
  const [op, first, ...branches] = Array.isArray(tree) ? tree : [];
  if (op === 'get') return wordsOf(fieldElement(first));
  if (op === '?') return computedWords(branches[valueOf(first) ? 0 : 1], valueOf);
  if (typeof value !== 'object') return `${value}`.replace(/^(\d{4})-(\d\d)-(\d\d)$/, '$3/$2/$1');
  return first.map((/** @type {[string, Tree]} */ [, member]) => computedWords(member, valueOf)).filter(Boolean).join('; ');
};
