/** What was filled in stays over a reload: an editor who mends the sixth step does not fill in the first five again. */
import { all, isReady, nameOf, one, open, steps } from './states.js';

/** Where it is kept: in the tab, by the page's address. */
const place = `motcua ${location.pathname}`;

const controls = () => all(':is(input, select, textarea)', one('#form')).filter(({ name }) => name);
const hasTick = (/** @type {HTMLInputElement} */ { type }) => type === 'radio' || type === 'checkbox';

/** Keeps the sheet as it stands, the open step, and how far it is scrolled. */
export const keep = () => {
  const answers = controls().map((control) => [control.name, hasTick(control) ? control.checked && control.value : control.value]);
  const entries = all('#form [data-kind=repeat]').map((group) => [group.dataset.field, all('.entry', group).length]);
  const shown = steps().find(({ hidden }) => !hidden);
  const step = shown && nameOf(shown);
  sessionStorage.setItem(place, JSON.stringify({ answers, entries, step, y: scrollY }));
};

/** What is kept: names with values, groups with how many entries they had. @typedef {{ answers: [string, string | false][], entries: [string, number][], step?: string, y: number }} Kept */

/** Fills the new page in as the old one was. */
export const restore = async () => {
  const kept = /** @type {Kept | null} */ (JSON.parse(sessionStorage.getItem(place) ?? 'null'));
  sessionStorage.removeItem(place);
  if (!kept) return;
  await isReady();
  for (const [group, count] of kept.entries) addEntries(group, count);
  // What a step asks can depend on the steps before it.
  for (const step of steps()) {
    if (!kept.answers.some(([name, value]) => value && isChanged(step, name, value))) continue;
    await open(step);
    for (const [name, value] of kept.answers) if (value) put(step, name, value);
  }
  const last = steps().find((step) => nameOf(step) === kept.step);
  if (last) await open(last);
  scrollTo(0, kept.y);
};

/** The form may have changed: the group may be gone. @type {(group: string, count: number) => void} */
const addEntries = (group, count) => {
  const [field] = all(`#form [data-kind=repeat][data-field="${CSS.escape(group)}"]`);
  if (!field) return;
  for (let more = count - all('.entry', field).length; more > 0; more--) one('[data-add]', field).click();
};

const named = (/** @type {Element} */ step, /** @type {string} */ name) => all(`[name="${CSS.escape(name)}"]`, step);

/** @type {(step: Element, name: string, value: string) => boolean} */
const isChanged = (step, name, value) => named(step, name).some((control) => (hasTick(control) ? control.value === value && !control.checked : control.value !== value));

/** @type {(step: Element, name: string, value: string) => void} */
const put = (step, name, value) => {
  for (const control of named(step, name)) {
    if (hasTick(control) ? control.value !== value || control.checked : control.value === value) continue;
    if (hasTick(control)) control.checked = true;
    else control.value = value;
    for (const type of ['input', 'change']) control.dispatchEvent(new Event(type, { bubbles: true }));
  }
};
