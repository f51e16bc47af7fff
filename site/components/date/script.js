/** @import { Answer } from '../../script/types' */
import { isDate, readDate } from '../partial-date/script.js';
import { kinds } from '../../script/kinds.js';

/** @type {(value: Answer) => string | undefined} */
export const checkDate = (value) => (typeof value !== 'string' ? 'shape' : value.length === 10 && isDate(value) ? undefined : 'date');

kinds.date = [checkDate, readDate];
