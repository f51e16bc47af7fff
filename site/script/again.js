/**
 * After the receipt: another application of the same form, such as the twin's, that keeps some answers. Nothing of it
 * outlives the page.
 *
 * @import { Answer, Field } from './types'
 */
import { asked, touched, update } from './sheet.js';
import { clicks, data, element, fields, one, sheet } from './page.js';
import { entriesOf } from './repeats.js';
import { fill } from './fill.js';
import { show } from './steps.js';
import { showFaults } from './faults.js';
import { startCase } from './outcome.js';

/** What the published form says of it. @type {{ label: Record<string, string>, keep: string[] }} */
let again;

/** What a field begins with, by its id. @type {Record<string, Answer>} */
let presets;

/** Offers it below the receipt. */
export const offerAgain = async () => {
  const { id, version } = data.ref;
  const published = await fetch(`/forms/${id}/${version}.json`);
  const form = await published.json();
  ({ again } = form);
  presets = Object.fromEntries(form.sections.flatMap((/** @type {any} */ section) => section.fields.map((/** @type {any} */ field) => [field.id, field.default])));
  const label = again.label[document.documentElement.lang] || Object.values(again.label)[0];
  const offer = element('p', '', { class: 'actions' });
  offer.append(element('button', label, { type: 'button', 'data-again': '' }));
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
  const line = element('p', '', { class: 'earlier' });
  line.append(element('a', download, { href, download }));
  return line;
};

/** Fields as the form came; what is filled in beforehand follows the answers that are kept. @type {(others: Field[]) => void} */
const empty = (others) => {
  for (const { id, fields: members, min = 0 } of others) {
    if (members) for (const entry of entriesOf(id).slice(min)) clicks.remove(one('[data-remove]', entry));
    fill(id, presets[id]);
    touched.delete(id);
  }
  update();
  for (const { id, prefill } of others) if (prefill !== undefined) fill(id, asked.valueOf(prefill));
  update();
};
