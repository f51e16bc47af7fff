/** @import { Answer } from '../../script/types' */
import { isPlain } from '../../script/characters.js';
import { readText } from '../text/script.js';

/** @type {(value: Answer) => string | undefined} */
export const checkEmail = (value) => (isPlain(value, 254) && /^[^\s@,;<>"]+@[^\s@,;<>".]+(\.[^\s@,;<>".]+)+$/.test(value) ? undefined : 'R-EMAIL');

export const readEmail = readText;
