/**
 * One section a step, then the review. The browser's own way back works; the address stays as it is.
 *
 * @import { Fault } from './types'
 */
import { all, element, fieldElement, loadScript, one, say, setState } from './page.js';
import { faultsNow, sectionsNow, update } from './sheet.js';
import { faultsUnder, firstControl, showFaults, showSummary } from './faults.js';
import { fillLists, lists, load, loadLists } from './lists.js';
import { stops } from './check.js';

/** The elements of the steps of now, in order. */
const steps = () => [...sectionsNow().map(({ step }) => step), one('#review')];

/** A step's name in the browser's history. */
const idOf = (/** @type {HTMLElement} */ { dataset, id }) => dataset.section || id;

/** The step that is open. @type {HTMLElement} */
export let openStep;

/** The script of the review and of sending, once it is there. @type {{ review: (faults: Fault[]) => void } | undefined} */
let outcome;

/** Loads the script of the review and what it needs; whether both are there. */
const loadOutcome = async () => {
  await load('outcome');
  outcome ||= lists.outcome && (await loadScript(/** @type {any} */ (lists.outcome).script).catch(() => undefined));
  return !!outcome;
};

/** Shows a step, with its heading in focus. */
export const show = (/** @type {string} */ id) => {
  const now = steps();
  openStep = now.find((step) => idOf(step) === id && (step !== one('#review') || outcome)) || now[0];
  const at = now.indexOf(openStep);
  const isReview = !now[at + 1];
  for (const section of all('.section')) section.hidden = section !== openStep;
  one('#papers').hidden = !isReview;
  one('[data-back]').hidden = !at;
  one('[data-next]').hidden = isReview;
  one('[data-send]').hidden = true;
  one('#status').textContent = '';
  const progress = { value: `${at + 1}`, max: `${now.length}`, 'aria-hidden': 'true' };
  one('#progress').replaceChildren(say('step', { step: at + 1, steps: now.length }), element('progress', '', progress));
  showSummary();
  setState(isReview ? 'review' : 'ready');
  if (isReview) {
    update();
    const faults = faultsNow();
    outcome?.review(faults);
    stay(faults.filter(stops));
  } else openLists();
  one('h2', openStep).focus();
  scrollTo(0, 0);
};

/** Says what stands in the way; whether something does. */
const stay = (/** @type {Fault[]} */ wrong) => {
  if (wrong[0]) showSummary(say('summary', { count: wrong.length }), wrong);
  return !!wrong[0];
};

/** The step after the open one. */
const nextStep = () => {
  const now = steps();
  return now[now.indexOf(openStep) + 1];
};

/** Loads what the open step needs, then what the next one will; whether the step has all of its own. */
const openLists = async () => {
  const step = openStep;
  await loadLists(step);
  const isComplete = fillLists(step);
  update();
  const next = nextStep();
  if (next?.matches('#review')) loadOutcome();
  else if (next) loadLists(next);
  return isComplete;
};

/** Goes to a step and remembers it for the browser's way back. */
const go = (/** @type {HTMLElement} */ step) => {
  history.pushState(idOf(step), '');
  show(idOf(step));
};

/** Leaves the step when nothing in it stands in the way. */
export const goOn = async () => {
  if (!(await openLists()) || (nextStep().matches('#review') && !(await loadOutcome()))) return showSummary(say('list_failed'));
  const faults = faultsUnder(openStep, faultsNow());
  showFaults(openStep, faults);
  return stay(faults.filter(stops)) || go(nextStep());
};

/** Opens the step of a field, the field in focus. */
export const goTo = (/** @type {string} */ id) => {
  const step = /** @type {HTMLElement} */ (fieldElement(id).closest('.section'));
  if (step !== openStep) go(step);
  firstControl(id).focus();
};
