/**
 * What a person keeps: the reference, the signed receipt as a file, what to do next.
 *
 * @import { Case, KeptCase, KeyFile, Sealed } from './types'
 */
import { all, clicks, data, element, loadScript, one, setState, sheet } from './page.js';
import { cityTime, referenceOf } from './reference.js';
import { keepCase } from './store.js';
import { Refused } from './send.js';
import { receivingOffice } from './offices.js';
import { verifiedReceipt } from './verified.js';

clicks.print = () => print();

/** What may be kept on this device. @type {KeptCase} */
let record;

clicks.keep = async (button) => {
  const { ui } = data;
  await keepCase(record).then(
    () => {
      const kept = element('p', `${ui.kept} `, { role: 'status' });
      kept.append(element('a', ui.receipts, { href: data.receipts }));
      button.closest('[role=group]')?.replaceChildren(kept);
    },
    () => (button.textContent = ui.keep_failed),
  );
};

/** The question whether it stays here; unasked nothing does. */
const keepQuestion = () => {
  const { ui } = data;
  const question = element('div', '', { role: 'group', class: 'keep', 'aria-label': ui.keep_here });
  question.append(element('p', ui.keep_hint), element('button', ui.keep_here, { class: 'quiet', type: 'button', 'data-keep': '' }));
  return question;
};

/** Puts the receipt in the place of the form, once it is seen to be one. `file` has the proof below the JWS. @type {(case_: Case, sealed: Sealed, file: string, relay: KeyFile, where?: string) => Promise<void>} */
export const showReceipt = async (case_, sealed, file, relay, where = receivingOffice().name) => {
  const { received_at, mode } = await verifiedReceipt(file.split('\n')[0], sealed, relay).catch(() => {
    throw new Refused({ code: 'forged' });
  });
  const [mark, title] = mode === 'trial' ? ['trial-', data.ui.trial_sent] : ['', data.ui.sent];
  const { ui: words } = data;
  const reference = referenceOf(sealed.digest);
  const view = element('section', '', { id: 'receipt' });
  const name = `receipt-${mark}${reference}.txt`;
  const link = { class: 'button', 'data-download': '', download: name, href: URL.createObjectURL(new Blob([file])) };
  const actions = element('p', '', { class: 'actions' });
  actions.append(element('a', words.download, link), ' ', element('button', words.print, { class: 'quiet', 'data-print': '' }));
  const help = element('dd');
  help.append(...one('footer p').cloneNode(true).childNodes);
  const facts = element('dl');
  facts.append(element('dt', words.received), element('dd', cityTime(received_at)));
  facts.append(element('dt', words.where), element('dd', where), element('dt', words.whom), help);
  const heading = element('h2', title, { tabindex: '-1' });
  view.append(heading, element('p', words.reference), element('p', reference, { class: 'reference', 'data-reference': '' }));
  view.append(element('p', words.keep), actions, keepQuestion(), facts, one('#papers'));
  record = { ...case_, reference, title: one('h1').textContent || '', received_at, receipt: file, file: name };
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
  // The receipt is as good without what follows.
  loadScript(data.copy).then(({ addCopy }) => addCopy(record)).catch(() => {});
  if (data.again) loadScript(data.again).then(({ offerAgain }) => offerAgain()).catch(() => {});
};
