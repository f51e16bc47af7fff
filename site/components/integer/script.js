/** @import { Answer, Field, Typed } from '../../script/types' */

/** @type {(value: Answer, field: Field) => string | undefined} */
export const checkInteger = (value, field) => (Number.isSafeInteger(value) ? checkRange(value, field) : 'shape/number');

/** @type {(value: number, field: Field) => string | undefined} */
export const checkRange = (value, { min, max }) => {
  if (value >= (min ?? value) && value <= (max ?? value)) return undefined;
  return min === undefined ? 'range/max' : max === undefined ? 'range/min' : 'range';
};

/** A number; a text that is none, for the check to refuse. */
export const readInteger = (/** @type {Typed} */ typed) => (/^-?\d+$/.test(typed()) ? +typed() : typed());
