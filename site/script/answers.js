/**
 * From inputs to answers: what was typed, in canonical form.
 *
 * @import { Answer, Answers, Field, Typed } from './types'
 */
import { fields, sheet } from './page.js';
import { kinds } from './kinds.js';

/** What the inputs of a field say; nothing where what is chosen elsewhere hides one. @type {(name: string) => Typed} */
const typedAt = (name) => (part = '') => {
  const input = /** @type {HTMLInputElement | null} */ (sheet.elements.namedItem(name + part));
  return !input || input.closest?.('label')?.hidden || (input.type === 'checkbox' && !input.checked) ? '' : input.value.normalize('NFC').trim();
};

/** What the inputs of fields say, by field. @type {(list: Field[], prefix?: string) => Answers} */
export const readAll = (list, prefix = '') =>
  Object.fromEntries(
    list.map((field) => {
      const name = prefix + field.id;
      const typed = typedAt(name);
      const [, read, parts] = kinds[field.kind];
      if (read) return [field.id, read(typed, field, name)];
      return [field.id, Array.isArray(parts) ? Object.fromEntries(parts.map((part) => [part, typed(`.${part}`)])) : typed()];
    }),
  );

/** Nothing typed is no answer: empty texts go, and what is left with nothing in it. An entry of a group stays. @type {(value: Answer) => Answer} */
const withoutEmpty = (value) => {
  if (Array.isArray(value)) return value.length ? value.map((entry) => withoutEmpty(entry) || {}) : undefined;
  if (typeof value !== 'object') return value === '' ? undefined : value;
  const full = Object.entries(value).map(([part, inner]) => [part, withoutEmpty(inner)]).filter(([, inner]) => inner !== undefined);
  return full.length ? Object.fromEntries(full) : undefined;
};

/** What all inputs say, hidden questions too. @type {() => Answers} */
export const readSheet = () => withoutEmpty(readAll(fields)) || {};
