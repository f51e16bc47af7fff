/** @import { Answer, Typed } from '../../script/types' */
import { daySpan, isoDay } from '../../script/expr.js';
import { kinds } from '../../script/kinds.js';
import { twoDigits } from '../../script/characters.js';

/** Whether the calendar has it. */
export const isDate = (/** @type {Answer} */ value) => /^\d{4}(-\d\d){0,2}$/.test(value) && value >= '1880' && isoDay(daySpan(value)[0]).startsWith(value);

/** `25`, `7`, `2016` as `2016-07-25`, from the year on as far as it is known. @type {(typed: Typed) => string} */
export const readDate = (typed) => {
  const [year, month, day] = ['.year', '.month', '.day'].map((part) => twoDigits(typed(part)));
  return day ? `${year}-${month}-${day}` : month ? `${year}-${month}` : year;
};

kinds['partial-date'] = [(value) => (isDate(value) ? undefined : 'date/partial'), readDate];
