/** @import { Answer } from '../../script/types' */

/** `script/check.js`, which has the other answers, works the value out and compares. @type {(value: Answer) => string | undefined} */
export const checkComputed = () => undefined;

/** Nothing is typed. */
export const readComputed = () => undefined;
