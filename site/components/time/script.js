/** @import { Answer, Typed } from '../../script/types' */
import { kinds } from '../../script/kinds.js';
import { twoDigits } from '../../script/characters.js';

/** @type {(value: Answer) => string | undefined} */
export const checkTime = (value) => (/^([01]\d|2[0-3])(:[0-5]\d)?$/.test(value) ? undefined : 'time');

/** `7`, `5` as `07:05`; without the minute `07`. @type {(typed: Typed) => string} */
export const readTime = (typed) => {
  const [hour, minute] = ['.hour', '.minute'].map((part) => twoDigits(typed(part)));
  return minute ? `${hour}:${minute}` : hour;
};

kinds.time = [checkTime, readTime];
