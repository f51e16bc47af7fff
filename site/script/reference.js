/** What people read on a receipt: its reference and its time. */
import { CITY_OFFSET_SECONDS } from './clock.js';

/** What a person reads out: the first 50 bits in Crockford's base 32. */
export const referenceOf = (/** @type {Uint8Array} */ digest) => {
  const bits = Array.from(digest, (byte) => byte.toString(2).padStart(8, '0')).join('');
  const letter = (/** @type {string} */ five) => '0123456789ABCDEFGHJKMNPQRSTVWXYZ'[parseInt(five, 2)];
  return bits.slice(0, 50).replace(/.{5}/g, letter).replace(/.{5}/, '$&-');
};

/** `10:32, 10/08/2016` in the city. */
export const cityTime = (/** @type {number} */ seconds) =>
  new Date((seconds + CITY_OFFSET_SECONDS) * 1000).toISOString().replace(/^(\d+)-(\d+)-(\d+)T(\d+:\d+).*/, '$4, $3/$2/$1');

/** The name of the file in which a receipt is saved. @type {(digest: Uint8Array, mode: string) => string} */
export const receiptFile = (digest, mode) => `receipt-${mode === 'trial' ? 'trial-' : ''}${referenceOf(digest)}.txt`;
