/**
 * What a person keeps: the reference, the signed receipt as a file, what to do next.
 *
 * @import { Case, Sealed } from './types'
 */
import { all, clicks, data, element, one, setState, sheet } from './page.js';
import { CITY_OFFSET_SECONDS } from './clock.js';
import { keepCase } from './store.js';
import { jsonOf } from './seal.js';
import { receivingOffice } from './offices.js';

clicks.print = () => print();

/** What a person reads out: the first 50 bits in Crockford's base 32. */
export const referenceOf = (/** @type {Uint8Array} */ digest) => {
  const bits = Array.from(digest, (byte) => byte.toString(2).padStart(8, '0')).join('');
  const letter = (/** @type {string} */ five) => '0123456789ABCDEFGHJKMNPQRSTVWXYZ'[parseInt(five, 2)];
  return bits.slice(0, 50).replace(/.{5}/g, letter).replace(/.{5}/, '$&-');
};

/** The relay's receipt, when it is for that submission. @type {(jws: string, sealed: { id: string, manifest_sha256: string }) => { received_at: number }} */
export const readReceipt = (jws, { id, manifest_sha256 }) => {
  const receipt = jsonOf(jws.split('.')[1]);
  if (receipt.id !== id || receipt.manifest_sha256 !== manifest_sha256) throw new Error('receipt of another submission');
  return receipt;
};

/** Puts the receipt in the place of the form. @type {(case_: Case, sealed: Sealed, jws: string) => void} */
export const showReceipt = (case_, sealed, jws) => {
  const { received_at } = readReceipt(jws, sealed);
  const { ui: words } = data;
  const reference = referenceOf(sealed.digest);
  const view = element('section', '', { id: 'receipt' });
  const file = { class: 'button', 'data-download': '', download: `receipt-${reference}.txt`, href: URL.createObjectURL(new Blob([jws])) };
  const actions = element('p', '', { class: 'actions' });
  actions.append(element('a', words.download, file), ' ', element('button', words.print, { class: 'quiet', 'data-print': '' }));
  const help = element('dd');
  help.append(...one('footer p').cloneNode(true).childNodes);
  const facts = element('dl');
  facts.append(element('dt', words.received), element('dd', cityTime(received_at)));
  facts.append(element('dt', words.where), element('dd', receivingOffice().name), element('dt', words.whom), help);
  const heading = element('h2', words.sent, { tabindex: '-1' });
  view.append(heading, element('p', words.reference), element('p', reference, { class: 'reference', 'data-reference': '' }));
  view.append(element('p', words.keep), actions, facts, one('#papers'));
  sheet.hidden = one('#progress').hidden = true;
  // Of an application that this one followed, its receipt stays within reach.
  const earlier = document.getElementById('receipt');
  if (earlier) view.append(...all('.earlier', earlier));
  earlier?.remove();
  sheet.after(view);
  setState('sent');
  document.title = `${words.sent}: ${reference}`;
  heading.focus();
  scrollTo(0, 0);
  keepCase({ ...case_, receipt: jws, reference });
  // The receipt is as good without.
  if (data.again) import(data.again).then(({ offerAgain }) => offerAgain()).catch(() => {});
};

/** `10:32, 10/08/2016` in the city. */
const cityTime = (/** @type {number} */ seconds) =>
  new Date((seconds + CITY_OFFSET_SECONDS) * 1000).toISOString().replace(/^(\d+)-(\d+)-(\d+)T(\d+:\d+).*/, '$4, $3/$2/$1');
