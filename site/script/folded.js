/** What is the same however it was typed: letters without their marks in lower case, and digits; one space for what is neither. */
export const folded = (/** @type {string} */ text) =>
  text.toLowerCase().normalize('NFD').replace(/\p{M}/gu, '').replace(/[đðɖ]/g, 'd').replace(/[^\p{L}\p{N}]+/gu, ' ').trim();
