/**
 * What was typed outlives loading the page again, also where no draft is wanted: the page that goes lends it to the worker, which has it in
 * its memory for half a minute and writes it nowhere (`worker.js`); the page that comes in its place takes it back. The word for it is
 * the tab's own, and only loading again asks for it: who comes to the form anew finds it empty.
 *
 * @import { Typing } from './typing.js'
 */
import { element, one, sheet } from './page.js';
import { isAtRisk } from './draft.js';
import { putBack, typing } from './typing.js';
import { earlier } from './following.js';
import { goToTask } from './tasks.js';
import { lists } from './lists.js';
import { openStep } from './steps.js';
import { sectionsNow } from './sheet.js';

/** Where the tab has its word. */
const WORD = 'motcua word';
/** A worker that was stopped meanwhile has nothing, and says so at once. */
const LOAN_ASK_MS = 5_000;

/** @typedef {{ page: string, step: string, typing: Typing }} Loan */

const worker = () => navigator.serviceWorker?.controller;

addEventListener('pagehide', () => {
  if (!isAtRisk()) return;
  const word = crypto.randomUUID();
  sessionStorage.setItem(WORD, word);
  /** @type {Loan} */
  const loan = { page: location.pathname, step: history.state, typing: typing() };
  worker()?.postMessage({ word, loan });
});

/** What this tab lent, once. @returns {Promise<Loan | undefined>} */
const takeBack = async () => {
  const word = sessionStorage.getItem(WORD);
  sessionStorage.removeItem(WORD);
  const [{ type }] = /** @type {PerformanceNavigationTiming[]} */ (performance.getEntriesByType('navigation'));
  if (!word || type !== 'reload') return undefined;
  const { port1, port2 } = new MessageChannel();
  return new Promise((resolve) => {
    port1.onmessage = ({ data }) => resolve(data);
    setTimeout(resolve, LOAN_ASK_MS);
    worker()?.postMessage({ word }, [port2]);
  });
};

const goOnTyping = async () => {
  const loan = await takeBack();
  if (loan?.page !== location.pathname) return;
  // An earlier submission that is amended fills in the form first.
  await earlier;
  sheet.reset();
  await putBack(loan.typing);
  const names = sectionsNow().map(({ step }) => step.dataset.section || '');
  const name = names.includes(loan.step) ? loan.step : names[names.length - 1];
  if (name !== names[0]) goToTask(name);
  // It is said where the person goes on, and nowhere after that.
  one('h2', openStep).after(element('p', /** @type {any} */ (lists.beside).draft.ui.back, { class: 'notice', id: 'back', role: 'status' }));
};

goOnTyping().catch(() => {});
