/** @import { Typed } from '../../script/types' */
import { preparations, sheet } from '../../script/page.js';
import { checkInteger } from '../integer/script.js';
import { grouped } from '../number/script.js';
import { kinds } from '../../script/kinds.js';

/** Digits, which may stand in groups, with or without the name of the money. @type {(typed: Typed) => number | string} */
export const readMoney = (typed) => {
  const text = typed().replace(/\s*(đồng|đ|vnđ|vnd)$/i, '').replace(/[.,\s](?=\d{3})/g, '');
  return /^\d+$/.test(text) ? +text : typed();
};

/** «8.000 đồng». */
const moneyWords = (/** @type {number} */ amount) => `${grouped(amount)} ${document.documentElement.lang === 'en' ? 'VND' : 'đồng'}`;

kinds.money = [checkInteger, readMoney, 'number', undefined, moneyWords];

// Once typed, an amount stands as it will be read.
preparations.push(() =>
  sheet.addEventListener('change', ({ target }) => {
    const input = /** @type {HTMLInputElement} */ (target);
    const amount = readMoney(() => input.value);
    if ('money' in input.dataset && typeof amount === 'number') input.value = moneyWords(amount);
  }),
);
