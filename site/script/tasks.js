/**
 * The sections of the form as a list of tasks: which are done, which are not yet, and a way to each, in any order. It stands below
 * the buttons, where nothing moves when it comes.
 */
import { controls, element, fieldElement, one, sheet } from './page.js';
import { faultsNow, sectionsNow } from './sheet.js';
import { lists } from './lists.js';
import { show } from './steps.js';
import { stops } from './check.js';

const { style: sheetLink, ui: taskWords } = /** @type {any} */ (lists.beside).tasks;
const counter = one('#progress');

/** The sections to which the person has been. */
const visited = new Set();

const taskList = element('ol');
const board = /** @type {HTMLDetailsElement} */ (element('details', '', { id: 'tasks' }));
board.append(element('summary', taskWords.title), taskList);

/** Whether something was chosen or typed, by the person or from a draft. */
const isBegun = (/** @type {HTMLElement} */ step) =>
  controls(step).some((control) => {
    const { checked, defaultChecked, defaultValue = '', value } = /** @type {HTMLInputElement} */ (control);
    return checked !== defaultChecked || value !== defaultValue;
  });

/** @typedef {{ id: string, title: string, isOpen: boolean, isDone: boolean }} Task */

/** @returns {Task[]} */
const tasksNow = () => {
  const wrong = faultsNow().filter(stops).map(({ field }) => fieldElement(field));
  return sectionsNow().map(({ step }) => {
    const id = step.dataset.section || '';
    const isOpen = !step.hidden;
    const isDone = (visited.has(id) || isBegun(step)) && !wrong.some((field) => step.contains(field));
    return { id, title: one('h2', step).textContent, isOpen, isDone };
  });
};

/** Opens a section. */
export const goToTask = (/** @type {string} */ id) => {
  board.open = false;
  history.pushState(id, '');
  show(id);
};

/** One line: where the person is, and what cannot be begun, has no button. @type {(title: string, state: string, isOpen: boolean, open?: () => void) => HTMLElement} */
const lineOf = (title, state, isOpen, open) => {
  const line = element('li', '', isOpen ? { 'aria-current': 'step' } : {});
  const name = open ? element('button', title, { type: 'button', class: 'link' }) : element('span', title);
  if (open) name.addEventListener('click', open);
  line.append(name, ' ', element('span', state, { class: 'state' }));
  return line;
};

const arrangeTasks = () => {
  const tasks = tasksNow();
  const isAllDone = tasks.every(({ isDone }) => isDone);
  const isReview = document.body.dataset.state === 'review';
  const lines = tasks.map(({ id, title, isOpen, isDone }) => lineOf(title, isOpen ? taskWords.open : isDone ? taskWords.done : taskWords.undone, isOpen, isOpen ? undefined : () => goToTask(id)));
  // Its script comes by the way that everybody goes: from the last section on.
  const review = () => {
    goToTask(tasks[tasks.length - 1].id);
    one('[data-next]').click();
  };
  const ofReview = isReview ? taskWords.open : isAllDone ? taskWords.next : taskWords.later;
  lines.push(lineOf(one('#review h2').textContent, ofReview, isReview, isReview || !isAllDone ? undefined : review));
  taskList.replaceChildren(...lines);
};

/** Another step is shown, or the form has given way to a question. */
const onStep = () => {
  for (const { step } of sectionsNow()) if (!step.hidden) visited.add(step.dataset.section);
  board.hidden = counter.hidden;
  if (board.open) arrangeTasks();
};

document.head.append(element('link', '', { rel: 'stylesheet', ...sheetLink }));
one('#actions').after(board);
board.addEventListener('toggle', arrangeTasks);
sheet.addEventListener('input', () => board.open && arrangeTasks());
new MutationObserver(onStep).observe(counter, { attributes: true, childList: true });
onStep();
