/** Groups of questions that are asked once for each of several persons. */
import { all, clicks, controls, fieldElement, fieldOf, fields, one, preparations, say } from './page.js';
import { fillLists, loadLists } from './lists.js';
import { update } from './sheet.js';

/** The entries of a repeat group. */
export const entriesOf = (/** @type {string} */ name) => all('.entry', fieldElement(name));

/** The empty entry of each group. @type {Record<string, Element>} */
const patterns = {};

/** Takes the entry that stands on paper as the group's pattern. */
const prepareRepeats = () => {
  for (const field of fields.filter(({ kind }) => kind === 'repeat')) {
    const { id, min = 0 } = field;
    const group = fieldElement(id);
    field.fields = all('[data-kind]', group).map((member) => ({ ...fieldOf(member), id: (member.dataset.field || '').split('].')[1] }));
    one('[data-add]', group).dataset.add = id;
    for (const button of all('button', group)) button.hidden = false;
    patterns[id] = one('.entry', group);
    patterns[id].remove();
    for (let count = 0; count < min; count++) addEntry(id);
  }
};

/** One more entry, at the end; the entry. */
const addEntry = (/** @type {string} */ id) => {
  const entry = /** @type {Element} */ (patterns[id].cloneNode(true));
  one('[data-add]', fieldElement(id)).before(entry);
  number(id);
  return entry;
};

/** Takes an entry away; its group. */
const removeEntry = (/** @type {Element} */ entry) => {
  const group = /** @type {HTMLElement} */ (entry.closest('[data-kind=repeat]'));
  entry.remove();
  number(group.dataset.field || '');
  return group;
};

/** Entries are numbered through, in names, ids and for people; buttons stay while they may be used. */
const number = (/** @type {string} */ id) => {
  const entries = entriesOf(id);
  const { min = 0, max = 0 } = fields.find((field) => field.id === id) || {};
  entries.forEach((entry, index) => {
    entry.dataset.entry = `${index}`;
    entry.ariaLabel = say('entry', { number: index + 1 });
    for (const part of all('*', entry)) {
      for (const attribute of part.attributes) if (attribute.value.includes(`${id}[`)) attribute.value = attribute.value.replace(/\[\d+\]/g, `[${index}]`);
    }
    one('[data-remove]', entry).hidden = entries.length <= min;
    for (const button of all('[data-up],[data-down]', entry)) button.hidden = !entries[index + ('up' in button.dataset ? -1 : 1)];
  });
  one('[data-add]', fieldElement(id)).hidden = entries.length >= max;
};

preparations.push(prepareRepeats);

clicks.add = async ({ dataset }) => {
  const entry = addEntry(dataset.add || '');
  controls(entry)[0].focus();
  update();
  await loadLists(entry);
  const isThere = entry.contains(document.activeElement);
  fillLists(entry);
  update();
  // The line that has become a list has taken the focus with it.
  if (isThere && !entry.contains(document.activeElement)) controls(entry)[0].focus();
};

/** Moves an entry past its neighbour. @type {(target: HTMLElement, by: 1 | -1) => void} */
const move = (target, by) => {
  const entry = /** @type {HTMLElement} */ (target.closest('.entry'));
  const id = /** @type {HTMLElement} */ (entry.closest('[data-kind=repeat]')).dataset.field || '';
  const entries = entriesOf(id);
  const neighbour = entries[entries.findIndex((other) => other === entry) + by];
  if (by > 0) neighbour.after(entry);
  else neighbour.before(entry);
  number(id);
  update();
  (target.hidden ? controls(entry)[0] : target).focus();
};

clicks.up = (target) => move(target, -1);
clicks.down = (target) => move(target, 1);

clicks.remove = (target) => {
  one('[data-add]', removeEntry(/** @type {Element} */ (target.closest('.entry')))).focus();
  update();
};
