/** @import { Known } from '../types' */
import { exact } from './arithmetic.js';
import { functions } from '../expr.js';

/** From the first to the last, each step as exact as an addition. @type {(numbers: number[]) => Known} */
functions.sum = (numbers) => numbers.reduce((sum, number) => (sum === undefined ? sum : exact(sum + number)), /** @type {Known} */ (0));
