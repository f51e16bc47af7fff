/** @import { Answer, Field, Typed } from '../../script/types' */
import { preparations, sheet } from '../../script/page.js';
import { checkRange } from '../integer/script.js';
import { kinds } from '../../script/kinds.js';

/** @type {(value: Answer, field: Field) => string | undefined} */
export const checkNumber = (value, field) => {
  const power = 10 ** (field.decimals || 0);
  if (Math.abs(value) > Number.MAX_SAFE_INTEGER) return 'shape/number';
  return Number.isInteger(value) || Math.floor(value * power + 0.5) / power === value ? checkRange(value, field) : 'decimals';
};

/** With a comma or a point before the decimals. `12.500` can be read in two ways and stays a text, for the check to refuse. @type {(typed: Typed) => Answer} */
export const readNumber = (typed) => {
  const text = typed().replace(/\s/g, '');
  return /^-?\d+([.,]\d+)?$/.test(text) && !/^-?[1-9]\d{0,2}[.,]\d{3}$/.test(text) ? +text.replace(',', '.') : text;
};

/** The digits in groups, as this page's language has them. */
export const grouped = (/** @type {number} */ number) => number.toLocaleString(document.documentElement.lang, { maximumFractionDigits: 6 });

/** With the comma or the point that this page's language has before the decimals, so that it can be typed on. */
const written = (/** @type {number} */ number) => (document.documentElement.lang === 'en' ? `${number}` : `${number}`.replace('.', ','));

kinds.number = [checkNumber, readNumber, 'number', undefined, grouped];

// Once typed, a number stands as it will be read.
preparations.push(() =>
  sheet.addEventListener('change', ({ target }) => {
    const input = /** @type {HTMLInputElement} */ (target);
    const number = readNumber(() => input.value);
    if ('number' in input.dataset && typeof number === 'number') input.value = written(number);
  }),
);
