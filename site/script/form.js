/** A form's page: the paper becomes steps, and at the end a receipt. */
import { all, clicks, controls, data, fields, one, preparations, readPage, say, setState, sheet } from './page.js';
import { describe, faultsUnder, showFaults } from './faults.js';
import { faultsNow, sectionsNow, touched, update } from './sheet.js';
import { goOn, goTo, openStep, show } from './steps.js';
import { Refused } from './send.js';
import { deliver } from './delivery.js';
import { fill } from './answers.js';

/** A note appears after a pause, so that no button moves away under a finger. */
const NOTE_MS = 400;

let noteTimer = 0;

/** What the HTML leaves to the script because only the script needs it. */
const prepare = () => {
  for (const field of all('.field')) {
    const { dataset } = field;
    field.id = `f-${dataset.field}`;
    dataset.kind = fields.find(({ id }) => id === dataset.field)?.kind;
    if (!field.matches('.repeat')) describe(field, false);
  }
  for (const input of controls(sheet)) if (input.dataset.code) input.value = input.dataset.code;
  for (const prepareMore of preparations) prepareMore();
  // An agency's page links here with its code.
  const [, agency] = /^#agency=(\w+)$/.exec(location.hash) || [];
  if (agency) fill('agency', agency);
};

/** Notes about what was touched; errors only where one stands already, until it is put right. */
const refreshNotes = () => {
  if (document.body.dataset.state !== 'ready') return;
  const wrong = all('.error', openStep).map((line) => line.parentElement?.dataset.field);
  const faults = faultsUnder(openStep, faultsNow());
  showFaults(openStep, faults.filter(({ field, severity }) => wrong.includes(field) || (severity !== 'error' && touched.has(field))));
};

const onInput = (/** @type {Event} */ { target }) => {
  for (let field = /** @type {HTMLElement | null | undefined} */ (target); field; field = field.parentElement?.closest('.field')) touched.add(field.dataset.field || '');
  update();
  clearTimeout(noteTimer);
  noteTimer = window.setTimeout(refreshNotes, NOTE_MS);
};

const submit = async () => {
  const status = one('#status');
  const button = one('[data-send]');
  const report = (/** @type {string} */ words) => {
    status.className = '';
    status.textContent = words;
  };
  setState('sending');
  button.disabled = true;
  try {
    // Before sending: what was received must be shown.
    const { showReceipt } = await import(data.receipt).catch(() => {
      throw new Refused({ code: 'offline' });
    });
    const sent = await deliver(report);
    if (sent) showReceipt(sent.case_, sent.sealed, sent.receipt);
    else show('review');
  } catch (failure) {
    report(failureWords(failure));
    status.className = 'error';
    button.textContent = say('again');
    setState('failed');
  }
  button.disabled = false;
};

const failureWords = (/** @type {unknown} */ failure) => {
  if (!(failure instanceof Refused)) return say('keys');
  const { code, seconds, ...words } = failure.problem;
  return data.ui[code] ? say(code, { seconds: seconds || 30 }) : `${say('refused')}: ${words[data.lang === 'vi' ? 'vi' : 'en'] || code}`;
};

Object.assign(clicks, {
  next: goOn,
  back: () => history.back(),
  send: submit,
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
  readPage();
  if (!globalThis.crypto?.subtle) {
    one('#paper').textContent = say('no_crypto');
    return setState('paper');
  }
  for (const name of ['#progress', '#actions']) one(name).hidden = false;
  one('#paper').hidden = true;
  prepare();
  update();
  addEventListener('click', onClick);
  sheet.addEventListener('input', onInput);
  addEventListener('popstate', ({ state }) => {
    if (document.body.dataset.state !== 'sent') show(state);
  });
  history.replaceState(`s-${sectionsNow()[0].id}`, '');
  return show('');
};

// Then every script that the page links has run, this one first.
addEventListener('DOMContentLoaded', start);
