/**
 * What a person keeps: the reference, the signed receipt as a file, what to do next.
 *
 * @import { Case, Follows, KeptCase, KeyFile, Linked, SealedWithFiles } from './types'
 */
import { all, clicks, data, element, loadScript, one, setState, sheet } from './page.js';
import { cityTime, receiptFile, referenceOf } from './reference.js';
import { copyName, newDraftKey, sealTyping } from './drafts.js';
import { followed } from './case.js';
import { keepCase } from './store.js';
import { typing } from './typing.js';
import { Refused } from './send.js';
import { verifiedReceipt } from './verified.js';
import { waysOn } from './chain.js';

clicks.print = () => print();

/** What may be kept on this device. @type {KeptCase} */
let record;

/** Keeps it; whoever has it here can amend or withdraw it. @type {(question: Element, status: HTMLElement) => Promise<void>} */
const keepHere = async (question, status) => {
  const { ui } = data;
  try {
    await keepCase(record);
  } catch {
    status.textContent = ui.keep_failed;
    return;
  }
  status.textContent = `${ui.kept} `;
  status.append(element('a', ui.receipts, { href: data.receipts }));
  const actions = element('p', '', { class: 'actions' });
  if (!record.follows?.withdraws) for (const way of waysOn(record, /** @type {any} */ (ui))) actions.append(way, ' ');
  question.replaceChildren(status, actions);
};

const withCopy = async () => {
  record.copy = await sealTyping(await newDraftKey(), copyName(record.id), typing());
};

/** The question whether it stays here; unasked nothing does. Of a case that is here already, what follows stays, too. @type {(hasCopy: boolean) => HTMLElement} */
const keepQuestion = (hasCopy) => {
  const { ui } = data;
  const status = element('p', '', { role: 'status' });
  const question = element('div', '', { role: 'group', class: 'keep', 'aria-label': ui.keep_here });
  if (record.follows) {
    question.append(status);
    const first = hasCopy && followed?.kept.copy ? withCopy() : Promise.resolve();
    first.then(() => keepHere(question, status));
    return question;
  }
  const actions = element('p', '', { class: 'actions' });
  actions.append(element('button', ui.keep_here, { class: 'quiet', type: 'button', 'data-keep': '' }));
  if (hasCopy) actions.append(' ', element('button', ui.keep_all, { class: 'quiet', type: 'button', 'data-keep-all': '' }));
  question.append(element('p', ui.keep_hint), actions, status);
  const keep = () => keepHere(question, status);
  Object.assign(clicks, { keep, keepAll: () => withCopy().then(keep) });
  return question;
};

/** Loads what follows the receipt, which is as good without: what does not come can be asked for again. @type {(script: Linked, use: (piece: any) => unknown) => Promise<unknown>} */
const follow = (script, use) =>
  loadScript(script).then(use).catch(() => {
    const line = element('p', `${data.ui.rest_failed} `, { class: 'notice', role: 'status' });
    const button = element('button', data.ui.again, { class: 'quiet', type: 'button' });
    button.addEventListener('click', () => {
      line.remove();
      one('#receipt h2').focus({ preventScroll: true });
      follow(script, use);
    });
    line.append(button);
    one('#receipt').append(line);
  });

const titleOf = (/** @type {string} */ mode, /** @type {Follows} */ { amends, withdraws } = {}) => {
  const { ui } = data;
  if (mode === 'trial') return ui.trial_sent;
  if (withdraws) return ui.withdrawn;
  return amends ? ui.amended : ui.sent;
};

/** Puts the receipt in the place of the form, once it is seen to be one. `file` has the proof below the JWS; `isOwn`: it is of what was typed here. @type {(case_: Case, sealed: SealedWithFiles, file: string, relay: KeyFile, isOwn: boolean) => Promise<void>} */
export const showReceipt = async (case_, sealed, file, relay, isOwn) => {
  const { received_at, mode } = await verifiedReceipt(file.split('\n')[0], sealed, relay).catch(() => {
    throw new Refused({ code: 'forged' });
  });
  const { title: what, where, page, offices } = sealed;
  const title = titleOf(mode, case_.follows);
  const { ui: words } = data;
  const reference = referenceOf(sealed.digest);
  const view = element('section', '', { id: 'receipt' });
  const name = receiptFile(sealed.digest, mode);
  const link = { class: 'button', 'data-download': '', download: name, href: URL.createObjectURL(new Blob([file])) };
  const actions = element('p', '', { class: 'actions' });
  actions.append(element('a', words.download, link), ' ', element('button', words.print, { class: 'quiet', 'data-print': '' }));
  const help = element('dd');
  help.append(...one('footer p').cloneNode(true).childNodes);
  const facts = element('dl');
  facts.append(element('dt', words.received), element('dd', cityTime(received_at)));
  facts.append(element('dt', words.where), element('dd', where), element('dt', words.whom), help);
  const heading = element('h2', title, { tabindex: '-1' });
  record = { ...case_, reference, title: what, where, page, offices, received_at, receipt: file, file: name };
  view.append(heading, element('p', words.reference), element('p', reference, { class: 'reference', 'data-reference': '' }));
  view.append(element('p', words.keep), actions, keepQuestion(isOwn && !case_.follows?.withdraws), facts, one('#papers'));
  sheet.hidden = one('#progress').hidden = true;
  // Of an application that this one followed, its receipt stays within reach.
  const earlier = document.getElementById('receipt');
  if (earlier) view.append(...all('.earlier', earlier));
  earlier?.remove();
  sheet.after(view);
  setState('sent');
  document.title = `${title}: ${reference}`;
  heading.focus();
  scrollTo(0, 0);
  follow(data.copy, ({ addCopy }) => addCopy(record));
  if (data.again && !case_.follows) follow(data.again, ({ offerAgain }) => offerAgain());
};
