/** @import { Answer } from '../../script/types' */
import { isDate, readPartialDate } from '../partial-date/script.js';

/** @type {(value: Answer) => string | undefined} */
export const checkDate = (value) => (typeof value !== 'string' ? 'shape' : value.length === 10 && isDate(value) ? undefined : 'date');

export const readDate = readPartialDate;
