/** @import { Known } from '../types' */
import { functions } from '../expr.js';

/** A text, an integer that is held exactly, or a number to six digits after the point. @type {(sum: Known) => Known} */
export const exact = (sum) =>
  typeof sum === 'string' || Number.isSafeInteger(sum) ? sum : Number.isInteger(sum) ? undefined : Math.floor(sum * 1e6 + 0.5) / 1e6;

Object.assign(functions, {
  '+': (/** @type {Known} */ a, /** @type {Known} */ b) => exact(a + b),
  '-': (/** @type {number} */ a, /** @type {number} */ b) => exact(a - b),
  '*': (/** @type {number} */ a, /** @type {number} */ b) => exact(a * b),
});
