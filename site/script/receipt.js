/**
 * What a person keeps: the reference, the signed receipt as a file, what to do next.
 *
 * @import { Case, Sealed } from './types'
 */
import { clicks, data, one, say, setState, sheet } from './page.js';
import { CITY_OFFSET_SECONDS } from './clock.js';
import { keepCase } from './store.js';
import { readReceipt } from './seal.js';
import { receivingOffice } from './offices.js';

/** @type {(case_: Case, sealed: Sealed, jws: string) => void} */
export const showReceipt = (case_, sealed, jws) => {
  const { received_at } = readReceipt(jws, sealed);
  const { reference } = sealed;
  const view = one('#receipt');
  one('[data-reference]').textContent = reference;
  one('[data-received]').textContent = cityTime(received_at);
  one('[data-where]').textContent = receivingOffice().name;
  const link = /** @type {HTMLAnchorElement} */ (/** @type {unknown} */ (one('[data-download]')));
  link.href = URL.createObjectURL(new Blob([jws]));
  link.download = `receipt-${reference}.txt`;
  view.append(one('#papers'));
  sheet.hidden = one('#progress').hidden = true;
  view.hidden = false;
  setState('sent');
  document.title = `${say('sent')}: ${reference}`;
  one('h2', view).focus();
  scrollTo(0, 0);
  keepCase({ ...case_, receipt: jws, reference });
  // The receipt is as good without.
  if (data.again) import(data.again).then(({ offerAgain }) => offerAgain()).catch(() => {});
};

clicks.print = () => print();

/** `10:32, 10/08/2016` in the city. */
const cityTime = (/** @type {number} */ seconds) =>
  new Date((seconds + CITY_OFFSET_SECONDS) * 1000).toISOString().replace(/^(\d+)-(\d+)-(\d+)T(\d+:\d+).*/, '$4, $3/$2/$1');
