/** Answers in words, from the inputs themselves. */
import { controls, one, say } from './page.js';
import { twoDigits } from './characters.js';

/** An answer as people read it. @type {(field: Element) => string} */
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
  const { value, name, type, labels } = input;
  const { selectedOptions } = /** @type {Partial<HTMLSelectElement>} */ (/** @type {unknown} */ (input));
  if (/radio|checkbox/.test(type)) return input.checked && (value === 'true' && type === 'checkbox' ? say('agreed') : labels?.[0].textContent?.trim());
  if (selectedOptions) return value && selectedOptions[0].text;
  return /(day|month|hour|minute)$/.test(name) ? twoDigits(value.trim()) : value.trim();
};
