/** @import { Answer, Typed } from '../../script/types' */
import { arrangements, fieldElement, fields, one, say } from '../../script/page.js';
import { entriesOf } from '../../script/repeats.js';
import { kinds } from '../../script/kinds.js';
import { faultOf, relations } from '../../script/check.js';
import { wordsOf } from '../../script/words.js';

/** More entries than this no repeat group has. */
const ENTRIES_MAX = 100;

/** @type {(value: Answer) => string | undefined} */
export const checkEntry = (value) => (Number.isInteger(value) && value > 0 && value <= ENTRIES_MAX ? undefined : 'shape/number');

/** The number of the chosen entry. @type {(typed: Typed) => number | string} */
export const readEntry = (typed) => (typed() ? +typed() : '');

kinds.entry = [checkEntry, readEntry, 'number'];

// Only an entry that there is.
relations.push((field, value, answers, { isShown }, own) => {
  const { of = '' } = field;
  const entries = isShown(of) && Array.isArray(answers[of]) ? answers[of].length : 0;
  return of && value > entries && !own[0] ? [faultOf(field, 'option')] : [];
});

/** The entry that an option stands for, so that it stays chosen when entries move. @type {WeakMap<HTMLOptionElement, Element>} */
const chosenEntries = new WeakMap();

/** The fields that choose an entry, each with its select. */
const selects = () =>
  fields.flatMap(({ id, of }) => (of ? [{ of, select: /** @type {HTMLSelectElement} */ (/** @type {unknown} */ (one('select', fieldElement(id)))) }] : []));

// The options are the entries of now, each by its first answer.
arrangements.push(() => {
  for (const { of, select } of selects()) {
    const chosen = chosenEntries.get(select.selectedOptions[0]);
    const options = entriesOf(of).map((entry, index) => {
      const first = wordsOf(one('[data-kind]', entry)) || say('entry', { number: index + 1 });
      const option = new Option(`${index + 1}. ${first}`, `${index + 1}`, false, entry === chosen);
      chosenEntries.set(option, entry);
      return option;
    });
    select.replaceChildren(new Option(say('choose'), ''), ...options);
  }
});
