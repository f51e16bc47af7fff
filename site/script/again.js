/**
 * After the receipt: another application of the same form, such as the twin's, that keeps some answers. Nothing of it
 * outlives the page.
 *
 * @import { Field, Text } from './types'
 */
import { asked, touched, update } from './sheet.js';
import { clicks, data, element, fields, one, sheet, textOf } from './page.js';
import { entriesOf, fill } from './answers.js';
import { show } from './steps.js';
import { showFaults } from './faults.js';
import { startCase } from './delivery.js';

/** What the published form says of it. @type {{ label: Text, keep: string[] }} */
let again;

/** Offers it below the receipt. */
export const offerAgain = async () => {
  const { id, version } = data.ref;
  const published = await fetch(`/forms/${id}/${version}.json`);
  ({ again } = await published.json());
  const offer = element('p', '', { class: 'actions' });
  offer.append(element('button', textOf(again.label), { type: 'button', 'data-again': '' }));
  one('#receipt').append(offer);
};

clicks.again = (button) => {
  const receipt = one('#receipt');
  receipt.append(earlierReceipt());
  button.parentElement?.remove();
  one('#actions').before(one('#papers'));
  empty(fields.filter(({ id }) => !again.keep.includes(id)));
  showFaults(sheet, []);
  startCase();
  receipt.hidden = true;
  sheet.hidden = one('#progress').hidden = false;
  document.title = one('h1').textContent || '';
  show('');
};

/** The receipt that the next one takes the place of stays within reach, under its file's name. */
const earlierReceipt = () => {
  const { href, download } = /** @type {HTMLAnchorElement} */ (/** @type {unknown} */ (one('[data-download]')));
  const line = element('p');
  line.append(element('a', download, { href, download }));
  return line;
};

/** Fields as the form came; what is filled in beforehand follows the answers that are kept. @type {(others: Field[]) => void} */
const empty = (others) => {
  for (const { id, default: preset, fields: members, min = 0 } of others) {
    if (members) for (const entry of entriesOf(id).slice(min)) clicks.remove(one('[data-remove]', entry));
    fill(id, preset);
    touched.delete(id);
  }
  update();
  for (const { id, prefill } of others) if (prefill !== undefined) fill(id, asked.valueOf(prefill));
  update();
};
