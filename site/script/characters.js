/**
 * Classes of text that the kinds' checks share; the same as formdef's.
 *
 * @import { Answer, Lists } from './types'
 */

/** Characters that nobody sees and that can make a text read as another one, and halves of characters. */
export const INVISIBLE = /[\p{Cs}\u0000-\u001f\u007f-\u009f\u00ad\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff]/u;

/** As the page writes it: NFC, nothing but words at its ends, not empty. */
export const isCanonical = (/** @type {Answer} */ text) => typeof text === 'string' && text !== '' && text === text.normalize('NFC').trim();

/** Canonical, without invisible characters, of so many code points. @type {(text: Answer, max: number, min?: number) => boolean} */
export const isPlain = (text, max, min = 1) => isCanonical(text) && !INVISIBLE.test(text) && [...text].length <= max && [...text].length >= min;

/** Whether a code is in a list. A list that the page does not hold stands in its HTML: a select has no other codes. @type {(lists: Lists, list: string, code: Answer) => boolean} */
export const isListed = (lists, list, code) => !!code && (lists[list]?.items.some((item) => item.code === code) ?? true);

/** `7` as `07`. */
export const twoDigits = (/** @type {string} */ text) => (/^\d$/.test(text) ? `0${text}` : text);
