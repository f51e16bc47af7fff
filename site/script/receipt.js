/**
 * What a person keeps: the reference, the signed receipt as a file, what to do next.
 *
 * @import { Case, KeyFile, Sealed } from './types'
 */
import { all, clicks, data, element, loadScript, one, setState, sheet } from './page.js';
import { CITY_OFFSET_SECONDS } from './clock.js';
import { keepCase } from './store.js';
import { Refused } from './send.js';
import { receivingOffice } from './offices.js';
import { verifiedReceipt } from './verified.js';

clicks.print = () => print();

/** What a person reads out: the first 50 bits in Crockford's base 32. */
export const referenceOf = (/** @type {Uint8Array} */ digest) => {
  const bits = Array.from(digest, (byte) => byte.toString(2).padStart(8, '0')).join('');
  const letter = (/** @type {string} */ five) => '0123456789ABCDEFGHJKMNPQRSTVWXYZ'[parseInt(five, 2)];
  return bits.slice(0, 50).replace(/.{5}/g, letter).replace(/.{5}/, '$&-');
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
  const link = { class: 'button', 'data-download': '', download: `receipt-${mark}${reference}.txt`, href: URL.createObjectURL(new Blob([file])) };
  const actions = element('p', '', { class: 'actions' });
  actions.append(element('a', words.download, link), ' ', element('button', words.print, { class: 'quiet', 'data-print': '' }));
  const help = element('dd');
  help.append(...one('footer p').cloneNode(true).childNodes);
  const facts = element('dl');
  facts.append(element('dt', words.received), element('dd', cityTime(received_at)));
  facts.append(element('dt', words.where), element('dd', where), element('dt', words.whom), help);
  const heading = element('h2', title, { tabindex: '-1' });
  view.append(heading, element('p', words.reference), element('p', reference, { class: 'reference', 'data-reference': '' }));
  view.append(element('p', words.keep), actions, facts, one('#papers'));
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
  keepCase({ ...case_, receipt: file, reference });
  // The receipt is as good without.
  if (data.again) loadScript(data.again).then(({ offerAgain }) => offerAgain()).catch(() => {});
};

/** `10:32, 10/08/2016` in the city. */
const cityTime = (/** @type {number} */ seconds) =>
  new Date((seconds + CITY_OFFSET_SECONDS) * 1000).toISOString().replace(/^(\d+)-(\d+)-(\d+)T(\d+:\d+).*/, '$4, $3/$2/$1');
