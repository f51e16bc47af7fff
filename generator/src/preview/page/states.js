/**
 * Brings a form's page into a state by what a person can do: its buttons, and the browser's way back, which opens any
 * step. What only has to be seen is uncovered by states.css.
 */
import { element } from './words.js';

/** How long a step may take to answer, in milliseconds: its lists come over the network. */
const PATIENCE_MS = 3000;

/** Longer than the page waits with its notes, in milliseconds. */
const NOTES_MS = 500;

/** The first element that a selector finds: one that is there. @type {(selector: string, root?: ParentNode) => HTMLInputElement} */
export const one = (selector, root = document) => /** @type {HTMLInputElement} */ (root.querySelector(selector));

/** All that it finds. @type {(selector: string, root?: ParentNode) => HTMLInputElement[]} */
export const all = (selector, root = document) => [.../** @type {NodeListOf<HTMLInputElement>} */ (root.querySelectorAll(selector))];

/** Brings the page into a state. @type {(state: import('./bar.js').State) => Promise<void>} */
export const enter = async (state) => {
  document.documentElement.dataset.preview = state;
  document.head.append(element('link', { rel: 'stylesheet', href: new URL('states.css', import.meta.url).href }));
  if (state === 'print') printed();
  await isReady();
  if (state === 'errors') await allErrors();
  if (state === 'everything') await everything();
};

/** Waits until the page's own script has begun. */
export const isReady = () => until(() => document.body.dataset.state !== 'loading');

/** The steps of the form, asked or not. */
export const steps = () => all('#form [data-section]');

/** A step's name in the browser's history. */
export const nameOf = (/** @type {HTMLElement} */ step) => step.dataset.section;

/** Opens a step, when it is asked, with its lists; whether it is. */
export const open = async (/** @type {HTMLElement} */ step) => {
  dispatchEvent(new PopStateEvent('popstate', { state: nameOf(step) }));
  if (step.hidden) return false;
  await until(() => !one('input[data-list]', step));
  return true;
};

/** What "next" finds wrong in each step of an empty form, and below it what else the rules may say. */
const allErrors = async () => {
  // Soon after a person has come to a field, the page takes away what does not hold; here everything stays.
  document.addEventListener('focusin', (event) => event.stopPropagation(), true);
  await new Promise((resolve) => setTimeout(resolve, NOTES_MS));
  const summary = one('#summary');
  for (const step of steps()) {
    if (!(await open(step))) continue;
    step.dataset.asked = '';
    one('[data-next]').click();
    await until(() => step.hidden || !summary.hidden);
  }
  await backToTheTop();
  await showRules();
};

/** The messages of all rules, each where it would stand. */
const showRules = async () => {
  const { rules, lists } = JSON.parse(one('#motcua').textContent);
  const words = await (await fetch(`/assets/words.faults.${lists['words.faults']}.json`)).json();
  for (const [number, [on, id, severity]] of rules.entries()) {
    const [field] = all(`[data-field="${CSS.escape(on)}"]`);
    if (!field || all('.error, .note', field).some((line) => line.dataset.rule === id)) continue;
    const kind = severity === 'error' || severity === 'route' ? 'error' : 'note';
    const lines = all(':scope > :is(label, legend, .hint, .error, .note)', field);
    const line = element('p', { class: kind, 'data-rule': id }, words[number]);
    const last = lines.at(-1);
    if (last) last.after(line);
    else field.prepend(line);
  }
};

/** Lists are loaded, and each repeat group has an entry; states.css shows what is hidden. */
const everything = async () => {
  for (const step of steps()) await open(step);
  for (const group of all('[data-kind=repeat]')) {
    if (!all('.entry', group).length) one('[data-add]', group).click();
  }
  await backToTheTop();
};

const backToTheTop = async () => {
  const [first] = steps().filter((step) => step.dataset.asked !== undefined).concat(steps());
  await open(first);
  history.replaceState(nameOf(first), '');
  if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
  scrollTo(0, 0);
};

/** On screen as on paper: the rules for print count, those for the screen do not. */
const printed = () => {
  for (const sheet of document.styleSheets) {
    const ofMedia = [...sheet.cssRules].filter((rule) => rule instanceof CSSMediaRule);
    for (const { media } of [sheet, ...ofMedia]) {
      if (media.mediaText === 'print') media.mediaText = 'all';
      else if (media.mediaText === 'screen') media.mediaText = 'not all';
    }
  }
};

/** Waits until something holds, or for as long as a step may take. */
const until = async (/** @type {() => boolean} */ holds) => {
  const end = performance.now() + PATIENCE_MS;
  while (!holds() && performance.now() < end) await new Promise(requestAnimationFrame);
};
