/**
 * One section a step, then the review. The browser's own way back works; the address stays as it is.
 *
 * @import { Fault } from './types'
 */
import { all, data, element, fieldElement, one, say, setState } from './page.js';
import { faultsNow, sectionsNow, update } from './sheet.js';
import { faultsUnder, firstControl, showFaults, showSummary } from './faults.js';
import { fillLists, loadLists } from './lists.js';
import { showReview } from './review.js';
import { stops } from './check.js';

/** The elements of the steps of now, in order. */
const steps = () => [...sectionsNow().map(({ id }) => one(`#s-${id}`)), one('#review')];

/** The step that is open. @type {HTMLInputElement} */
export let openStep;

/** Shows a step, with its heading in focus. */
export const show = (/** @type {string} */ id) => {
  const now = steps();
  openStep = now.find((step) => step.id === id) || now[0];
  const at = now.indexOf(openStep);
  const isReview = openStep.id === 'review';
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
  if (isReview) review();
  else openLists();
  one('h2', openStep).focus();
  scrollTo(0, 0);
};

const review = () => {
  update();
  const faults = faultsNow();
  const wrong = faults.filter(stops);
  showReview(faults);
  one('[data-send]').hidden = !!wrong[0] || !data.sending;
  if (!data.sending) one('#status').textContent = say('sending_off');
  if (wrong[0]) stay(wrong);
};

const stay = (/** @type {Fault[]} */ wrong) => showSummary(say('summary', { count: wrong.length }), wrong);

/** Loads the lists of the open step, then those of the next; whether the step has all of its own. */
const openLists = async () => {
  const step = openStep;
  await loadLists(step);
  const isComplete = fillLists(step);
  update();
  const now = steps();
  loadLists(now[now.indexOf(step) + 1] || step);
  return isComplete;
};

/** Goes to a step and remembers it for the browser's way back. */
const go = (/** @type {string} */ id) => {
  history.pushState(id, '');
  show(id);
};

/** Leaves the step when nothing in it stands in the way. */
export const goOn = async () => {
  if (!(await openLists())) return showSummary(say('list_failed'));
  const faults = faultsUnder(openStep, faultsNow());
  const wrong = faults.filter(stops);
  showFaults(openStep, faults);
  const now = steps();
  return wrong[0] ? stay(wrong) : go(now[now.indexOf(openStep) + 1].id);
};

/** Opens the step of a field, the field in focus. */
export const goTo = (/** @type {string} */ id) => {
  const step = fieldElement(id).closest('.section');
  if (step && step !== openStep) go(step.id);
  firstControl(id).focus();
};
