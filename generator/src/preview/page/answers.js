/** What was filled in stays over a reload: an editor who mends the sixth step does not fill in the first five again. */
import { isReady, nameOf, open, steps } from './states.js';

/** Where it is kept: in the tab, by the page's address. */
const place = `motcua ${location.pathname}`;

const controls = () => [...document.querySelectorAll('#form :is(input, select, textarea)')].filter(({ name }) => name);
const hasTick = ({ type }) => type === 'radio' || type === 'checkbox';

/** Keeps the sheet as it stands, the open step, and how far it is scrolled. */
export const keep = () => {
  const answers = controls().map((control) => [control.name, hasTick(control) ? control.checked && control.value : control.value]);
  const entries = [...document.querySelectorAll('#form [data-kind=repeat]')].map((group) => [group.dataset.field, group.querySelectorAll('.entry').length]);
  const shown = steps().find(({ hidden }) => !hidden);
  const step = shown && nameOf(shown);
  sessionStorage.setItem(place, JSON.stringify({ answers, entries, step, y: scrollY }));
};

/** Fills the new page in as the old one was. */
export const restore = async () => {
  const kept = JSON.parse(sessionStorage.getItem(place) ?? 'null');
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

const addEntries = (group, count) => {
  const field = document.querySelector(`#form [data-kind=repeat][data-field="${CSS.escape(group)}"]`);
  for (let more = count - (field?.querySelectorAll('.entry').length ?? count); more > 0; more--) field.querySelector('[data-add]')?.click();
};

const named = (step, name) => [...step.querySelectorAll(`[name="${CSS.escape(name)}"]`)];

const isChanged = (step, name, value) => named(step, name).some((control) => (hasTick(control) ? control.value === value && !control.checked : control.value !== value));

const put = (step, name, value) => {
  for (const control of named(step, name)) {
    if (hasTick(control) ? control.value !== value || control.checked : control.value === value) continue;
    if (hasTick(control)) control.checked = true;
    else control.value = value;
    for (const type of ['input', 'change']) control.dispatchEvent(new Event(type, { bubbles: true }));
  }
};
