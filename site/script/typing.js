/** What was typed into the sheet: taken from its inputs, and put back into them. */
import { all, clicks, controls, fieldElement, one, sheet } from './page.js';
import { fillLists, loadLists } from './lists.js';
import { entriesOf } from './repeats.js';
import { labelOf } from './faults.js';
import { update } from './sheet.js';

/**
 * Input's name, value, the question's words; how many entries each group has; all questions that were asked, and their words, in that
 * language.
 *
 * @typedef {{ values: [string, string, string?][], entries: [string, number][], asked?: [string, string][], language?: string }} Typing
 */

/** The words of an input's question. */
const questionOf = (/** @type {Element} */ input) => labelOf(/** @type {Element} */ (input.closest('[data-kind]')));

/** The questions of the form and their words; one for all entries of a group. @returns {[string, string][]} */
const questions = () => {
  const asked = all('[data-kind]', sheet).map((field) => /** @type {[string, string]} */ ([(field.dataset.field || '').replace(/\[\d+\]/, ''), labelOf(field)]));
  return [...new Map(asked)];
};

const isTick = (/** @type {HTMLInputElement} */ { type }) => /radio|checkbox/.test(type);

/** @type {() => Typing} */
export const typing = () => {
  const filled = controls(sheet).filter((input) => input.name && (isTick(input) ? input.checked : input.value));
  const groups = all('[data-kind=repeat]', sheet).map(({ dataset }) => dataset.field || '');
  const entries = groups.map((group) => /** @type {[string, number]} */ ([group, entriesOf(group).length]));
  return { values: filled.map((input) => [input.name, input.value, questionOf(input)]), entries, asked: questions(), language: document.documentElement.lang };
};

/** Puts the typing back, field by field; the words of the questions to look at again: that the form of now does not have, answers otherwise, words otherwise, or has more. @type {(kept: Typing) => Promise<string[]>} */
export const putBack = async ({ values, entries, asked, language }) => {
  for (const [group, count] of entries) {
    const button = fieldElement(group) && one('[data-add]', fieldElement(group));
    for (let more = button ? count - entriesOf(group).length : 0; more > 0; more--) clicks.add(button);
  }
  await loadLists(sheet);
  fillLists(sheet);
  const lost = [];
  for (const [name, value, words = name] of values) {
    const inputs = all(`[name="${CSS.escape(name)}"]`, sheet);
    for (const input of inputs) {
      if (isTick(input)) input.checked ||= input.value === value;
      else input.value = value;
      input.dispatchEvent(new Event('input', { bubbles: true }));
    }
    if (!inputs.some((input) => input.value === value && (!isTick(input) || input.checked))) lost.push(inputs[0] ? questionOf(inputs[0]) : words);
  }
  update();
  const before = new Map(asked);
  const isReworded = (/** @type {string} */ id, /** @type {string} */ words) => language === document.documentElement.lang && before.get(id) !== words;
  for (const [id, words] of asked ? questions() : []) if (!before.has(id) || isReworded(id, words)) lost.push(words);
  return [...new Set(lost)];
};
