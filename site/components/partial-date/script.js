/** @import { Answer, Typed } from '../../script/types' */
import { daySpan, isoDay } from '../../script/expr.js';
import { twoDigits } from '../../script/characters.js';

/** Whether the calendar has it. */
export const isDate = (/** @type {Answer} */ value) => /^\d{4}(-\d\d){0,2}$/.test(value) && value >= '1880' && isoDay(daySpan(value)[0]).startsWith(value);

/** @type {(value: Answer) => string | undefined} */
export const checkPartialDate = (value) => (isDate(value) ? undefined : 'date/partial');

/** `25`, `7`, `2016` as `2016-07-25`, from the year on as far as it is known. @type {(typed: Typed) => string} */
export const readPartialDate = (typed) => {
  const [year, month, day] = ['.year', '.month', '.day'].map((part) => twoDigits(typed(part)));
  return day ? `${year}-${month}-${day}` : month ? `${year}-${month}` : year;
};
