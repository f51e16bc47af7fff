/**
 * A draft of the sheet on this device, when the person wants one: kept while they type, until it is sent, erased, or some days
 * old. The form loads this when it stands.
 */
import { all, clicks, controls, element, fieldElement, fillGaps, one, sheet } from './page.js';
import { draftOf, eraseDraft, keepDraft, newDraftKey } from './drafts.js';
import { dayWords, fillLists, lists, loadLists } from './lists.js';
import { entriesOf } from './repeats.js';
import { labelOf } from './faults.js';
import { CITY_OFFSET_SECONDS, now } from './clock.js';
import { update } from './sheet.js';

/** What was typed, by the inputs' names, and how many entries each group has. @typedef {{ values: [string, string][], entries: [string, number][] }} Typing */

const { ui: words, days } = /** @type {any} */ (lists.draft);
const DAY_SECONDS = 86400;
/** What is typed is kept once a person pauses. */
const PAUSE_MS = 400;

/** The form's address names its draft: each language has its own labels, but the same inputs. */
const form = location.pathname.split('/').at(-3) || '';

/** Where all of this is said. */
const box = element('div', '', { id: 'draft', class: 'draft' });

/** @type {CryptoKey | undefined} */
let key;

/** @type {{ key: CryptoKey, until: number, content: Typing } | undefined} */
let found;

let until = 0;
let typingPause = 0;

/** The day on which it is erased. */
const lastDay = (/** @type {number} */ seconds) => dayWords(new Date((seconds + CITY_OFFSET_SECONDS) * 1000).toISOString().slice(0, 10));

/** @type {(text: string, ...marks: [words: string, mark: string][]) => void} */
const tell = (text, ...marks) => {
  const actions = element('p', '', { class: 'actions' });
  for (const [label, mark] of marks) actions.append(element('button', label, { type: 'button', class: 'quiet', [`data-${mark}`]: '' }), ' ');
  box.replaceChildren(element('p', text, { role: 'status' }), actions);
};

const offer = () => tell('', [words.keep, 'draft-ask']);
const tellKept = () => tell(fillGaps(words.kept, { until: lastDay(until) }), [words.erase, 'draft-erase']);

const isTick = (/** @type {HTMLInputElement} */ { type }) => /radio|checkbox/.test(type);

/** @type {() => Typing} */
const typing = () => {
  const filled = controls(sheet).filter((input) => input.name && (isTick(input) ? input.checked : input.value));
  const groups = all('[data-kind=repeat]', sheet).map(({ dataset }) => dataset.field || '');
  return { values: filled.map(({ name, value }) => [name, value]), entries: groups.map((group) => [group, entriesOf(group).length]) };
};

let last = Promise.resolve();

/** One after the other: what is erased is not kept again by what began before. @type {(work: () => Promise<void>) => Promise<void>} */
const inTurn = (work) => (last = last.then(work, work));

/** Keeps the sheet as it stands. */
const keepNow = () =>
  inTurn(async () => {
    if (!key) return;
    const begun = until;
    until = now() + days * DAY_SECONDS;
    await keepDraft(form, key, typing(), until).then(
      () => begun || tellKept(),
      () => tell(words.full, [words.erase, 'draft-erase']),
    );
  });

/** A second page with the same form would write over what the first one keeps: only one of them keeps. */
const alone = () =>
  new Promise((resolve) => {
    navigator.locks.request(`motcua draft ${form}`, { ifAvailable: true }, (lock) => {
      resolve(!!lock);
      return lock && new Promise(() => {});
    });
  });

/** Puts the typing back; the labels of what does not fit the form any more. @type {(kept: Typing) => Promise<string[]>} */
const putBack = async ({ values, entries }) => {
  for (const [group, count] of entries) {
    const button = fieldElement(group) && one('[data-add]', fieldElement(group));
    for (let more = button ? count - entriesOf(group).length : 0; more > 0; more--) clicks.add(button);
  }
  await loadLists(sheet);
  fillLists(sheet);
  const lost = [];
  for (const [name, value] of values) {
    const inputs = all(`[name="${CSS.escape(name)}"]`, sheet);
    for (const input of inputs) {
      if (isTick(input)) input.checked ||= input.value === value;
      else input.value = value;
      input.dispatchEvent(new Event('input', { bubbles: true }));
    }
    if (!inputs.some((input) => input.value === value && (!isTick(input) || input.checked))) lost.push(inputs[0] ? labelOf(/** @type {Element} */ (inputs[0].closest('[data-kind]'))) : name);
  }
  update();
  return [...new Set(lost)];
};

const erase = () => {
  key = found = undefined;
  until = 0;
  return inTurn(() => eraseDraft(form));
};

Object.assign(clicks, {
  draftAsk: () => tell(words.ask, [words.yes, 'draft-keep'], [words.no, 'draft-no']),
  draftNo: offer,
  draftKeep: async () => {
    key = await newDraftKey();
    await keepNow();
  },
  draftErase: async () => {
    await erase();
    tell(words.erased, [words.keep, 'draft-ask']);
  },
  draftOpen: async () => {
    if (!found) return;
    const lost = await putBack(found.content);
    ({ key, until } = found);
    tellKept();
    if (lost.length) box.prepend(element('p', fillGaps(words.lost, { labels: lost.join('; ') }), { class: 'notice' }));
  },
});

const beginDrafts = async () => {
  sheet.before(box);
  if (!(await alone())) return tell(words.elsewhere);
  found = await draftOf(form, now());
  if (found) tell(fillGaps(words.found, { until: lastDay(found.until) }), [words.open, 'draft-open'], [words.erase, 'draft-erase']);
  else {
    sheet.after(box);
    offer();
  }
  addEventListener('input', () => {
    clearTimeout(typingPause);
    typingPause = setTimeout(keepNow, PAUSE_MS);
  });
  // A telephone may end a page that nobody sees without another word.
  document.addEventListener('visibilitychange', keepNow);
  new MutationObserver(() => {
    box.hidden = document.body.dataset.state === 'sent';
    if (box.hidden && key) erase().then(offer);
  }).observe(document.body, { attributeFilter: ['data-state'] });
};

// Where the browser keeps nothing, nothing is offered.
beginDrafts().catch(() => box.remove());
