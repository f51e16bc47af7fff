/**
 * The page of what was sent from this device: the receipts that somebody chose to keep here, newest first, to be saved
 * again or forgotten; and what waits to be sent.
 *
 * @import { KeptCase } from './types'
 */
import { element, fillGaps, one } from './page.js';
import { followerOf, waysOn } from './chain.js';
import { forgetCase, forgetCases, keptCases } from './store.js';
import { cityTime } from './reference.js';
import './keeper.js';
import { openWaiting } from './waiting.js';

/** @type {Record<string, string>} */
let texts;

/** What became of it, in words; nothing where nothing did. @type {(follower: KeptCase | undefined) => HTMLElement[]} */
const fate = (follower) => {
  if (!follower) return [];
  const { reference, received_at, follows } = follower;
  const words = follows?.withdraws ? texts.is_withdrawn : texts.is_amended;
  return [element('p', fillGaps(words, { reference, at: cityTime(received_at) }), { 'data-follower': reference })];
};

/** @type {(record: KeptCase, index: number, all: KeptCase[]) => HTMLElement} */
const entry = (record, _, all) => {
  const { id, reference, title, received_at, receipt, file, follows } = record;
  const follower = followerOf(record, all);
  const item = element('li', '', { 'data-reference': reference });
  const save = element('a', texts.save, { class: 'button', download: file, href: URL.createObjectURL(new Blob([receipt])), 'aria-label': `${texts.save}: ${reference}` });
  const forget = element('button', texts.forget, { class: 'quiet', type: 'button', 'aria-label': `${texts.forget}: ${reference}` });
  forget.addEventListener('click', async () => {
    await forgetCase(id);
    await showKept();
    one('h1').focus();
  });
  const actions = element('p', '', { class: 'actions' });
  actions.append(save, ' ');
  if (!follower && !follows?.withdraws) for (const way of waysOn(record, /** @type {any} */ (texts))) actions.append(way, ' ');
  actions.append(forget);
  item.append(element('h2', reference), element('p', `${title}. ${texts.received} ${cityTime(received_at)}`), ...fate(follower), actions);
  return item;
};

const showKept = async () => {
  const kept = (await keptCases()).sort((one, other) => other.received_at - one.received_at);
  one('#kept').replaceChildren(...kept.map(entry));
  one('#none').hidden = kept.length > 0;
  one('#all').hidden = kept.length === 0;
};

const openReceipts = async () => {
  texts = JSON.parse(one('#words').textContent || '');
  one('#paper').hidden = true;
  one('#all').addEventListener('click', async () => {
    await forgetCases();
    await showKept();
    one('h1').focus();
  });
  await showKept().catch(() => (one('#none').hidden = false));
  await openWaiting(texts, showKept).catch(() => {});
  document.body.dataset.state = 'ready';
};

openReceipts();
