/**
 * The sheet as it stands: answers from the inputs, what is asked over them, what is worked out.
 *
 * @import { Answer, Answers, Field, Tree } from './types'
 */
import { all, arrangements, data, fieldElement, fields, one, sections } from './page.js';
import { check, judge } from './check.js';
import { dayWords, lists } from './lists.js';
import { arrangePlace } from '../components/admin-unit/script.js';
import { cityNow } from './clock.js';
import { readSheet } from './answers.js';

/** Conditions, worked-out and filled-in values can hang on each other: after so many rounds the form is at rest. */
const ROUNDS_MAX = 5;

/** Fields that the person has changed: nothing is filled in there any more. @type {Set<string>} */
export const touched = new Set();

/** What was worked out last, by field, as JSON. @type {Record<string, string | undefined>} */
const workedOut = {};

/** What would be sent: the answers to what is asked. @type {Answers} */
export let answers = {};

/** What the form asks over the answers of now. @type {ReturnType<typeof judge>} */
export let asked;

/** How a worked-out value is shown and a suggested one filled in; pieces do it for what is made of other answers. */
export const derived = {
  /** @type {(value: Answer, field: Field, valueOf: (tree: Tree) => Answer) => string} */
  words: dayWords,
  /** @type {(id: string, answer: Answer) => void} */
  fill: () => {},
};

/** Reads the sheet and shows what is asked. */
export const update = () => {
  for (let round = 0; round < ROUNDS_MAX && workOut(); round++);
  for (const field of fields) {
    const its = fieldElement(field.id);
    its.hidden = !asked.isShown(field.id);
    if (its.hidden) delete answers[field.id];
    if (field.value) one('output', its).value = derived.words(answers[field.id] ?? '', field, asked.valueOf);
  }
  for (const arrange of arrangements) arrange();
};

/** One round; whether it changed something. */
const workOut = () => {
  let isChanged = false;
  all('[name$=".province"]').forEach(arrangePlace);
  answers = readSheet();
  for (const { id, value } of fields) if (value && workedOut[id]) answers[id] = JSON.parse(workedOut[id]);
  asked = judge({ ...data, fields }, lists, answers, cityNow());
  for (const { id, value, prefill } of fields) {
    const tree = value ?? prefill;
    if (tree === undefined || touched.has(id)) continue;
    const worked = asked.isShown(id) ? asked.valueOf(tree) : undefined;
    const json = JSON.stringify(worked);
    if (json === workedOut[id]) continue;
    workedOut[id] = json;
    isChanged = true;
    if (!value) derived.fill(id, worked);
  }
  return isChanged;
};

/** What is wrong now. */
export const faultsNow = () => check({ ...data, fields }, lists, answers, cityNow());

/** The sections that are asked. */
export const sectionsNow = () => sections.filter(({ show_when }) => asked.holds(show_when));
