/**
 * What an expression of a form means: the tree that the generator lowered it to, evaluated over the answers.
 * `undefined` is *unknown*: an answer that is missing, hidden or wrong. A date is text (`2016`, `2016-07`,
 * `2016-07-25`), or, when it was worked out from an inexact one, its first and last day as numbers since 1970.
 *
 * @import { Known, Scope, Tree } from './types'
 */
import { isListed } from './characters.js';

const DAY_MS = 864e5;

/** 0001-01-01 and 9999-12-31: other days are unknown. */
const DAY_MIN = -719162;
const DAY_MAX = 2932896;

/** A day's number (0 = 1970-01-01) as `YYYY-MM-DD`. */
export const isoDay = (/** @type {number} */ day) => new Date(day * DAY_MS).toISOString().slice(0, 10);

// Counted 2000 years later, as `Date.UTC` takes the years 0 to 99 for those of the last century.
const dayNumber = (/** @type {number} */ year, /** @type {number} */ month, /** @type {number} */ day) =>
  Date.UTC(year + 2000, month - 1, day) / DAY_MS - 730485;

/** The first and the last day that a date can be. @type {(date: Known) => number[]} */
export const daySpan = (date) => {
  if (Array.isArray(date)) return date;
  const [year, month, day] = date.split('-').map(Number);
  return [dayNumber(year, month || 1, day || 1), day ? dayNumber(year, month, day) : dayNumber(year, (month || 12) + 1, 0)];
};

/** Moves both ends of a date. @type {(date: Known, move: (day: number) => number) => Known} */
const shifted = (date, move) => {
  const [first, last] = daySpan(date).map(move);
  return first >= DAY_MIN && last <= DAY_MAX ? (first === last ? isoDay(first) : [first, last]) : undefined;
};

/** True when all of `a` is before all of `b`, false when none of it is. @type {(a: Known, b: Known) => boolean | undefined} */
const isBefore = (a, b) => {
  const [aFirst, aLast] = daySpan(a);
  const [bFirst, bLast] = daySpan(b);
  return aLast < bFirst || (aFirst >= bLast ? false : undefined);
};

/** @type {(a: Known, b: Known) => boolean | undefined} */
const isSameDay = (a, b) => {
  const [aFirst, aLast] = daySpan(a);
  const [bFirst, bLast] = daySpan(b);
  if (aFirst === aLast && bFirst === bLast) return aFirst === bFirst;
  return aLast < bFirst || bLast < aFirst ? false : undefined;
};

const DIGITS = 'không một hai ba bốn năm sáu bảy tám chín'.split(' ');

/** 1 to 99 in Vietnamese words. */
const numberWords = (/** @type {number} */ number) => {
  const units = number % 10;
  if (number < 10) return DIGITS[number];
  const tens = number < 20 ? 'mười' : `${DIGITS[(number - units) / 10]} mươi`;
  if (!units) return tens;
  return `${tens} ${units === 5 ? 'lăm' : number > 20 && units === 1 ? 'mốt' : number > 20 && units === 4 ? 'tư' : DIGITS[units]}`;
};

/** 1000 to 9999 in Vietnamese words. */
const yearWords = (/** @type {number} */ year) => {
  const rest = year % 100;
  const hundreds = ((year - rest) / 100) % 10;
  let words = `${DIGITS[Math.trunc(year / 1000)]} nghìn`;
  if (hundreds || rest) words += ` ${DIGITS[hundreds]} trăm`;
  if (rest) words += (rest < 10 ? ' linh ' : ' ') + numberWords(rest);
  return words;
};

/** «ngày hai mươi lăm, tháng bảy, năm hai nghìn không trăm mười sáu», without what is not known. */
const dateWords = (/** @type {Known} */ date) => {
  if (Array.isArray(date)) return undefined;
  const [year, month, day] = date.split('-').map(Number);
  return [day && `ngày ${numberWords(day)}`, month && `tháng ${month === 4 ? 'tư' : numberWords(month)}`, `năm ${yearWords(year)}`]
    .filter(Boolean)
    .join(', ');
};

/** Whether digits 4 to 6 of a 12-digit number fit sex and year of birth. @type {(paper: Known, sex: string, born: Known) => boolean | undefined} */
const idFits = (paper, sex, born) => {
  // An identification number may stand by itself.
  const { type = 'SDD', number = paper } = paper;
  const year = functions.year(born);
  if (!/^(CCCD|CC|CMND12|SDD)$/.test(type) || !/^\d{12}$/.test(number) || !(year >= 1900) || !/^[12]$/.test(sex)) return undefined;
  return +number[3] === Math.trunc(year / 100 - 19) * 2 + +sex - 1 && +number.slice(4, 6) === year % 100;
};

/**
 * Operators and functions of which every operand must be known; those in `functions/` add themselves in the pages of
 * forms that use them. The scope comes after the operands.
 *
 * @type {Record<string, (...operands: Known[]) => Known>}
 */
export const functions = {
  '!': (a) => !a,
  '==': (a, b) => a === b,
  '<': (a, b) => a < b,
  'd==': isSameDay,
  'd<': isBefore,
  in: (item, ...codes) => codes.includes(item),
  listed: (item, list, { lists }) => isListed(lists, list, item),
  today: ({ today }) => today,
  letters: (text) => (text.match(/\p{L}/gu) || '').length,
  slice: (text, from, to) => [...text].slice(Math.max(from, 0), Math.max(to, 0)).join(''),
  starts_with: (text, start) => text.startsWith(start),
  plus_days: (date, days) => shifted(date, (day) => day + days),
  plus_years: (date, years) =>
    shifted(date, (day) => {
      const [year, month, dayOfMonth] = isoDay(day).split('-').map(Number);
      return Math.min(dayNumber(year + years, month, dayOfMonth), dayNumber(year + years, month + 1, 0));
    }),
  year: (date) => {
    const [first, last] = daySpan(date).map((day) => +isoDay(day).slice(0, 4));
    return first === last ? first : undefined;
  },
  words: dateWords,
  id_fits: idFits,
};

/** Decided by one operand of that value, else known only when all are. */
const decidedBy = (/** @type {boolean} */ decisive) => (/** @type {Known[]} */ operands) =>
  operands.includes(decisive) ? decisive : operands.includes(undefined) ? undefined : !decisive;

/** Operators that know what to do with what is unknown. @type {Record<string, (operands: Known[], scope: Scope) => Known>} */
export const lenient = {
  get: ([field, ...members], scope) => members.reduce((whole, member) => whole?.[member], scope.get(field)),
  has: ([answer]) => answer !== undefined,
  '?': ([condition, yes, no]) => (condition === undefined ? condition : condition ? yes : no),
  '&&': decidedBy(false),
  '||': decidedBy(true),
};

/** The value of an expression, `undefined` when it is unknown. @type {(tree: Tree, scope: Scope) => Known} */
export const evaluate = (tree, scope) => {
  if (!Array.isArray(tree)) return tree;
  const [op, ...operands] = tree.map((operand) => evaluate(operand, scope));
  if (lenient[op]) return lenient[op](operands, scope);
  return operands.includes(undefined) ? undefined : functions[op](...operands, scope);
};

/** A worked-out date of more than one day: no answer can be that. */
export const isInexact = (/** @type {Known} */ value) => Array.isArray(value) && typeof value[0] === 'number';

/** The value of an expression as an answer. @type {(tree: Tree, scope: Scope) => Known} */
export const answerOf = (tree, scope) => {
  const value = evaluate(tree, scope);
  return isInexact(value) ? undefined : value;
};
