import { functions } from '../expr.js';

/** Letters without their marks, lower case, digits; one space around each word. */
const folded = (/** @type {string} */ text) =>
  ` ${text.toLowerCase().normalize('NFD').replace(/\p{M}/gu, '').replace(/[đðɖ]/g, 'd').replace(/[^\p{L}\p{N}]+/gu, ' ').trim()} `;

/** Whether a ward's name stands in a text, without the word for its kind and a number at its end. */
functions.mentions = (text, ward, { lists }) => {
  const { label } = lists.agencies?.items.find((/** @type {{ code: string }} */ { code }) => code === ward) || {};
  return label && folded(text).includes(folded(label).replace(/^ (phuong|xa|thi tran)(?= )/, '').replace(/ \d+ $/, ' '));
};
