import { functions } from '../expr.js';

/** A name as names are compared: lower case, single spaces, look-alikes of «Đ» and of the apostrophe as one. */
const nameKey = (/** @type {string} */ name) =>
  name.normalize('NFC').toLowerCase().replace(/[ðɖ]/g, 'đ').replace(/’/g, "'").trim().replace(/\s+/g, ' ');

functions.same_name = (a, b) => nameKey(a) === nameKey(b);
