/**
 * The step before sending: every answer with a way back to it, who will be able to read it, and the papers
 * that this case needs.
 *
 * @import { Fault, Field } from './types'
 */
import { all, data, element, fieldElement, fields, one, say } from './page.js';
import { asked, sectionsNow } from './sheet.js';
import { labelOf, wordsOf } from './answers.js';
import { faultLine } from './faults.js';
import { officeOf } from './offices.js';

/** Writes the step anew. @type {(faults: Fault[]) => void} */
export const showReview = (faults) => {
  const shown = sectionsNow().map(({ id, fields: its }) => {
    const rows = element('dl', '', { class: 'rows' });
    for (const field of its) if (isAsked(field.id)) rows.append(...row(field, faults));
    return [element('h3', one(`#s-${id} h2`).textContent || ''), rows];
  });
  one('#answers').replaceChildren(...shown.flat());
  const readers = data.form.recipients.map((recipient) => {
    const { reads } = recipient;
    const labels = reads.filter(isAsked).map((id) => labelOf(fieldElement(id)));
    return [element('dt', officeOf(recipient).name), element('dd', reads.length === fields.length ? say('everything') : labels.join('; '))];
  });
  one('#readers').replaceChildren(...readers.flat());
  for (const { id, show_when } of data.form.attachments) one(`[data-attachment="${id}"]`).hidden = !asked.holds(show_when);
};

/** Shown, and not only words. */
const isAsked = (/** @type {string} */ id) => asked.isShown(id) && !fieldElement(id).matches('.remark');

/** @type {(field: Field, faults: Fault[]) => HTMLElement[]} */
const row = ({ id, kind, capitals }, faults) => {
  const field = fieldElement(id);
  const members = all('.field', field);
  const words = members.length ? members.map((member) => `${labelOf(member)}: ${wordsOf(member)}`).join('; ') : wordsOf(field);
  const value = element('dd', words || say('none'), { class: capitals ? 'capitals' : '' });
  value.append(...faults.filter((fault) => fault.field.split('[')[0] === id).map(faultLine));
  const label = labelOf(field);
  if (kind !== 'computed') value.append(' ', element('button', say('change'), { type: 'button', class: 'link', 'data-change': id, 'aria-label': `${say('change')}: ${label}` }));
  return [element('dt', label), value];
};
