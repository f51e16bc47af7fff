import { functions } from '../expr.js';
import { folded } from '../folded.js';

/** One space around each word. */
const spaced = (/** @type {string} */ text) => ` ${folded(text)} `;

/** Whether a ward's name stands in a text, without the word for its kind and a number at its end. */
functions.mentions = (text, ward, { lists }) => {
  const { label } = lists.agencies?.items.find((/** @type {{ code: string }} */ { code }) => code === ward) || {};
  return label && spaced(text).includes(spaced(label).replace(/^ (phuong|xa|thi tran)(?= )/, '').replace(/ \d+ $/, ' '));
};
