/**
 * A draft of the sheet on this device, when the person wants one: kept while they type, until it is sent, erased, or some days
 * old.
 *
 * @import { Typing } from './typing.js'
 */
import { clicks, element, fillGaps, loadScript, sheet } from './page.js';
import { draftOf, eraseDraft, keepDraft, newDraftKey } from './drafts.js';
import { dayWords, lists } from './lists.js';
import { CITY_OFFSET_SECONDS, now } from './clock.js';
import { isPreview } from './keeper.js';
import { putBack, typing } from './typing.js';

const { draft: { ui: words, days }, carry } = /** @type {any} */ (lists.beside);
const DAY_SECONDS = 86400;
/** What is typed is kept once a person pauses. */
const PAUSE_MS = 400;

/** The form's address names its draft: each language has its own labels, but the same inputs. */
const form = location.pathname.split('/').at(-3) || '';

/** Where all of this is said, and in it what is said of the draft on this device. */
const box = element('div', '', { id: 'draft', class: 'draft' });
const state = element('div');

/** @type {CryptoKey | undefined} */
let key;

/** @type {{ key: CryptoKey, until: number, content: Typing } | undefined} */
let found;

let until = 0;
/** Whether the page says that it is kept. */
let isTold = false;
/** What was typed when it was kept last, and the name that this has. */
let [marked, mark] = ['', ''];
let typingPause = 0;

/** The day on which it is erased. */
const lastDay = (/** @type {number} */ seconds) => dayWords(new Date((seconds + CITY_OFFSET_SECONDS) * 1000).toISOString().slice(0, 10));

/** @type {(text: string, ...marks: [words: string, mark: string][]) => void} */
const tell = (text, ...marks) => {
  const actions = element('p', '', { class: 'actions' });
  for (const [label, mark] of marks) actions.append(element('button', label, { type: 'button', class: 'quiet', [`data-${mark}`]: '' }), ' ');
  state.replaceChildren(element('p', text, { role: 'status' }), actions);
};

const offer = () => tell('', [words.keep, 'draft-ask']);
const tellKept = () => {
  isTold = true;
  tell(fillGaps(words.kept, { until: lastDay(until) }), [words.erase, 'draft-erase']);
};

/** Whether something was typed that is nowhere but on the page. */
let isUnkept = false;
addEventListener('input', () => (isUnkept = true));

/** Whether leaving the page would lose it. A preview loads itself again. */
export const isAtRisk = () => isUnkept && !isTold && !isPreview() && !/sent|waiting/.test(document.body.dataset.state || '');

// The browser asks first, in its own words.
addEventListener('beforeunload', (event) => isAtRisk() && event.preventDefault());

let last = Promise.resolve();

/** One after the other: what is erased is not kept again by what began before. @type {(work: () => Promise<void>) => Promise<void>} */
const inTurn = (work) => (last = last.then(work, work));

/** Keeps the sheet as it stands. */
const keepNow = () =>
  inTurn(async () => {
    if (!key) return;
    until = now() + days * DAY_SECONDS;
    const content = typing();
    const json = JSON.stringify(content);
    if (json !== marked) [marked, mark] = [json, crypto.randomUUID()];
    await keepDraft(form, key, content, until, mark).then(
      () => isTold || tellKept(),
      () => {
        isTold = false;
        tell(words.full, [words.try_again, 'draft-again'], [words.erase, 'draft-erase']);
      },
    );
  });

/** A second page with the same form would write over what the first one keeps: only one of them keeps. */
const keepsAlone = () =>
  new Promise((resolve) => {
    navigator.locks.request(`motcua draft ${form}`, { ifAvailable: true }, (lock) => {
      resolve(!!lock);
      return lock && new Promise(() => {});
    });
  });

const erase = () => {
  key = found = undefined;
  until = 0;
  isTold = false;
  return inTurn(() => eraseDraft(form));
};

Object.assign(clicks, {
  draftAsk: () => tell(words.ask, [words.yes, 'draft-keep'], [words.no, 'draft-no']),
  draftNo: offer,
  draftKeep: async () => {
    key = await newDraftKey();
    await keepNow();
  },
  draftAgain: keepNow,
  draftErase: async () => {
    await erase();
    tell(words.erased, [words.keep, 'draft-ask']);
  },
  carry: async (/** @type {HTMLElement} */ button) => {
    const { openCarry } = await loadScript(carry.script);
    button.remove();
    openCarry(box);
  },
  draftOpen: async () => {
    if (!found) return;
    const lost = await putBack(found.content);
    ({ key, until } = found);
    tellKept();
    if (lost.length) state.prepend(element('p', fillGaps(words.lost, { labels: lost.join('; ') }), { class: 'notice' }));
  },
});

const beginDrafts = async () => {
  box.append(state);
  sheet.before(box);
  if (!(await keepsAlone())) return tell(words.elsewhere);
  found = await draftOf(form, now());
  if (found) tell(fillGaps(words.found, { until: lastDay(found.until) }), [words.open, 'draft-open'], [words.erase, 'draft-erase']);
  else {
    sheet.after(box);
    offer();
  }
  const way = element('p', '', { class: 'actions' });
  way.append(element('button', carry.ui.title, { type: 'button', class: 'quiet', 'data-carry': '' }));
  box.append(way);
  addEventListener('input', () => {
    clearTimeout(typingPause);
    typingPause = setTimeout(keepNow, PAUSE_MS);
  });
  // A telephone may end a page that nobody sees without another word.
  document.addEventListener('visibilitychange', keepNow);
  new MutationObserver(() => {
    box.hidden = document.body.dataset.state === 'sent';
    if (box.hidden && key) erase().then(offer);
    // Whoever goes on to another step, or sends, may lose the page there.
    if (!box.hidden) keepNow();
  }).observe(document.body, { attributeFilter: ['data-state'] });
};

// Where the browser keeps nothing, nothing is offered.
beginDrafts().catch(() => box.remove());
