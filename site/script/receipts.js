/**
 * The page of what was sent from this device: the receipts that somebody chose to keep here, newest first, to be saved
 * again or forgotten.
 *
 * @import { KeptCase } from './types'
 */
import { element, one } from './page.js';
import { forgetCase, forgetCases, keptCases } from './store.js';
import { cityTime } from './reference.js';

/** @type {Record<string, string>} */
let texts;

/** @type {(record: KeptCase) => HTMLElement} */
const entry = ({ id, reference, title, received_at, receipt, file }) => {
  const item = element('li', '', { 'data-reference': reference });
  const save = element('a', texts.save, { class: 'button', download: file, href: URL.createObjectURL(new Blob([receipt])), 'aria-label': `${texts.save}: ${reference}` });
  const forget = element('button', texts.forget, { class: 'quiet', type: 'button', 'aria-label': `${texts.forget}: ${reference}` });
  forget.addEventListener('click', async () => {
    await forgetCase(id);
    await showKept();
    one('h1').focus();
  });
  const actions = element('p', '', { class: 'actions' });
  actions.append(save, ' ', forget);
  item.append(element('h2', reference), element('p', `${title}. ${texts.received} ${cityTime(received_at)}`), actions);
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
  one('#all').addEventListener('click', async () => {
    await forgetCases();
    await showKept();
    one('h1').focus();
  });
  await showKept().catch(() => (one('#none').hidden = false));
  document.body.dataset.state = 'ready';
};

openReceipts();
