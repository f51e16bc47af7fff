/**
 * What waits to be sent from this device, on the page of receipts: sent as soon as the relay can be reached, or dropped. What was
 * sent stands among the receipts then.
 *
 * @import { Dispatched, Jwk, Waiting } from './types'
 */
import { HELD_SECONDS_MAX, dispatch } from './dispatch.js';
import { allWaiting, dropWaiting } from './outbox.js';
import { cityTime, receiptFile, referenceOf } from './reference.js';
import { element, fillGaps, one } from './page.js';
import { Refused } from './send.js';
import { eraseDraft, markOf } from './drafts.js';
import { forget } from './shelf.js';
import { keepCase } from './store.js';
import { now } from './clock.js';
import { signedReceipt } from './verified.js';
import { uploadBelow } from './uploading.js';

/** @type {Record<string, string>} */
let said;

/** What is done when one was sent. */
let onSent = async () => {};

/** Sends one and keeps its receipt with its keys, as it was kept until now. @type {(id: string, status: Element) => Promise<void>} */
const sendOne = async (id, status) => {
  const sent = await dispatch(id, now(), (its) => uploadBelow(status, said, its), keepSent);
  if (sent?.isEarlier) one('#kept').before(element('p', said.sent_before, { class: 'notice', role: 'status' }));
};

/** @type {(sent: Dispatched) => Promise<void>} */
const keepSent = async (sent) => {
  const { id, case_, title, where, page, offices, digest, receipt: file } = sent;
  const { relays } = JSON.parse(one('#keys').textContent || '');
  const keys = relays.map((/** @type {Jwk} */ jwk) => ({ kid: '', jwk, not_before: 0, not_after: Infinity }));
  const receipt = await signedReceipt(file.split('\n')[0], keys);
  if (receipt?.id !== id || receipt.manifest_sha256 !== sent.manifest_sha256) throw new Refused({ code: 'forged' });
  await keepCase({ ...case_, reference: referenceOf(digest), title, where, page, offices, received_at: receipt.received_at, receipt: file, file: receiptFile(digest, receipt.mode) });
  await dropWaiting(id);
  if (sent.files[0]) await forget(id);
  // The draft ends with what was made of it; what was typed since then stays.
  const form = page.split('/').at(-3) || '';
  if (sent.draft && !sent.isEarlier && sent.draft === (await markOf(form))) await eraseDraft(form);
};

/** Why one was not sent. */
const whyNot = (/** @type {unknown} */ failure) => {
  if (!(failure instanceof Refused)) return said.forged;
  const { code, ...relayWords } = failure.problem;
  const told = /** @type {Record<string, string>} */ (relayWords);
  return said[code] || told[document.documentElement.lang] || told.vi || code;
};

/** @type {(its: Waiting) => HTMLElement} */
const waitingEntry = ({ id, title, where, at }) => {
  const item = element('li', '', { 'data-waiting': id });
  const send = element('button', said.send, { type: 'button', 'aria-label': `${said.send}: ${title}` });
  const drop = element('button', said.drop, { type: 'button', class: 'quiet', 'aria-label': `${said.drop}: ${title}` });
  const status = element('p', '', { role: 'status' });
  const trySend = async () => {
    send.toggleAttribute('disabled', true);
    status.textContent = said.sending;
    await sendOne(id, status).then(onSent, (failure) => (status.textContent = whyNot(failure)));
    send.toggleAttribute('disabled', false);
  };
  send.addEventListener('click', trySend);
  addEventListener('online', () => item.isConnected && trySend());
  drop.addEventListener('click', async () => {
    await dropWaiting(id);
    await forget(id);
    await showWaiting();
    one('h1').focus();
  });
  const actions = element('p', '', { class: 'actions' });
  actions.append(send, ' ', drop);
  item.append(element('h3', title), element('p', fillGaps(said.sealed, { where, at: cityTime(at), until: cityTime(at + HELD_SECONDS_MAX) })), status, actions);
  return item;
};

const showWaiting = async () => {
  const all = (await allWaiting()).sort((earlier, later) => later.at - earlier.at);
  one('#waiting').replaceChildren(...all.map(waitingEntry));
  one('#outbox').hidden = !all[0];
};

/** Lists what waits. @type {(words: Record<string, string>, then: () => Promise<void>) => Promise<void>} */
export const openWaiting = async (words, then) => {
  said = { ...JSON.parse(one('#file-words').textContent || ''), ...words };
  onSent = async () => {
    await showWaiting();
    await then();
  };
  await showWaiting();
};
