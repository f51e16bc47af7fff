/** @import { Answer, Field } from '../../script/types' */
import { kinds } from '../../script/kinds.js';

/** @type {(value: number, field: Field) => string | undefined} */
export const checkRange = (value, { min, max }) => {
  if (value >= (min ?? value) && value <= (max ?? value)) return undefined;
  return min === undefined ? 'range/max' : max === undefined ? 'range/min' : 'range';
};

/** @type {(value: Answer, field: Field) => string | undefined} */
export const checkInteger = (value, field) => (Number.isSafeInteger(value) ? checkRange(value, field) : 'shape/number');

// A text that is no number stays one, for the check to refuse.
kinds.integer = [checkInteger, (typed) => (/^-?\d+$/.test(typed()) ? +typed() : typed()), 'number'];
