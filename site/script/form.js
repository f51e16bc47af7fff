/** A form's page: the paper becomes steps, and at the end a receipt. */
import { all, clicks, loadScript, one, preparations, readPage, setState, sheet } from './page.js';
import { describe, faultsUnder, showFaults } from './faults.js';
import { faultsNow, sectionsNow, touched, update } from './sheet.js';
import { lists, load } from './lists.js';
import { goOn, goTo, openStep, show } from './steps.js';
import './core.js';
// For `outcome.js`, which loads later: what is typed is sealed by what the page began with.
import './seal.js';

/** A note appears once the person has come to another field and has let it go, so that nothing moves away under a finger. */
const NOTE_MS = 400;

/** Notes about what was touched; errors only where one stands already, until it is put right. */
const refreshNotes = () => {
  if (document.body.dataset.state !== 'ready') return;
  const wrong = all('.error', openStep).map((line) => line.parentElement?.dataset.field);
  const faults = faultsUnder(openStep, faultsNow());
  showFaults(openStep, faults.filter(({ field, severity }) => wrong.includes(field) || (severity !== 'error' && touched.has(field))));
};

const onInput = (/** @type {Event} */ { target }) => {
  for (let field = /** @type {HTMLElement | null | undefined} */ (target); field; field = field.parentElement?.closest('[data-kind]')) touched.add(field.dataset.field || '');
  update();
};

const onEnter = (/** @type {Event} */ { target }) => {
  if (!(/** @type {Element} */ (target).matches('button'))) setTimeout(refreshNotes, NOTE_MS);
};

Object.assign(clicks, {
  next: goOn,
  back: () => history.back(),
  change: (/** @type {HTMLElement} */ { dataset }) => goTo(dataset.change || ''),
});

const onClick = (/** @type {Event} */ event) => {
  const target = /** @type {HTMLElement} */ (event.target);
  for (const mark in clicks) {
    if (!(mark in target.dataset)) continue;
    event.preventDefault();
    clicks[mark](target);
  }
};

const start = () => {
  // Old, or not by https: the paper and its notice stay.
  if (!globalThis.crypto?.subtle) return setState('paper');
  readPage();
  for (const field of all('[data-kind]')) describe(field);
  for (const prepare of preparations) prepare();
  // An agency's page links here with its code.
  const [, code = ''] = location.hash.split('#agency=');
  const agency = /** @type {HTMLInputElement | null} */ (sheet.elements.namedItem('agency'));
  if (agency && code) agency.value = code;
  update();
  addEventListener('click', onClick);
  sheet.addEventListener('input', onInput);
  sheet.addEventListener('focusin', onEnter);
  addEventListener('popstate', ({ state }) => {
    if (document.body.dataset.state !== 'sent') show(state);
  });
  history.replaceState(sectionsNow()[0].step.dataset.section, '');
  // So far the paper stands: a piece that did not come ends it here.
  one('#progress').hidden = one('#actions').hidden = false;
  one('#paper').hidden = true;
  show('');
  // What is offered beside the form is loaded when the form stands.
  load('beside').then(() => loadScript(/** @type {any} */ (lists.beside).script)).catch(() => {});
};

// Then every script that the page links has run, this one first.
addEventListener('DOMContentLoaded', start);
