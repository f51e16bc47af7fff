/** A form's page: the paper becomes steps, and at the end a receipt. */
import { addEntry, prepareRepeats, removeEntry } from './repeats.js';
import { all, controls, data, fields, one, say, setState, sheet } from './page.js';
import { describe, faultsUnder, showFaults } from './faults.js';
import { faultsNow, sectionsNow, touched, update } from './sheet.js';
import { goOn, goTo, openStep, show } from './steps.js';
import { Refused } from './send.js';
import { deliver } from './delivery.js';
import { fill } from './answers.js';
import { showReceipt } from './receipt.js';
import { fillLists, loadLists } from './lists.js';

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
  prepareRepeats();
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

/** What buttons and links do, by their `data-` mark. @type {Record<string, (target: HTMLElement) => void>} */
const clicks = {
  next: goOn,
  back: () => history.back(),
  send: submit,
  change: ({ dataset }) => goTo(dataset.change || ''),
  add: ({ dataset }) => {
    const entry = addEntry(dataset.add || '');
    controls(entry)[0].focus();
    update();
    loadLists(entry).then(() => fillLists(entry));
  },
  remove: (target) => {
    one('[data-add]', removeEntry(/** @type {Element} */ (target.closest('.entry')))).focus();
    update();
  },
  print: () => print(),
};

const onClick = (/** @type {Event} */ event) => {
  const target = /** @type {HTMLElement} */ (event.target);
  for (const mark in clicks) {
    if (!(mark in target.dataset)) continue;
    event.preventDefault();
    clicks[mark](target);
  }
};

const start = () => {
  const [{ id }] = sectionsNow();
  for (const name of ['#progress', '#actions']) one(name).hidden = false;
  one('#paper').hidden = true;
  prepare();
  update();
  addEventListener('click', onClick);
  sheet.addEventListener('input', onInput);
  addEventListener('popstate', ({ state }) => {
    if (document.body.dataset.state !== 'sent') show(state);
  });
  history.replaceState(`s-${id}`, '');
  show('');
};

if (globalThis.crypto?.subtle) start();
else {
  one('#paper').textContent = say('no_crypto');
  setState('paper');
}
