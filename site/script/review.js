/**
 * The step before sending: every answer with a way back to it, who will be able to read it, and the papers
 * that this case needs.
 *
 * @import { Fault, Field, Recipient } from './types'
 */
import { all, data, element, fieldElement, one, say, sheet } from './page.js';
import { asked, sectionsNow } from './sheet.js';
import { faultLine, labelOf } from './faults.js';
import { officeOf } from './offices.js';
import { stops } from './check.js';
import { wordsOf } from './words.js';

/** What fits on a printed line, in characters. */
const LINE_LENGTH = 45;

/** A printed input has one line; what is longer stands beside it for style to print in its place. */
const tellLong = () => {
  for (const line of all('input:not([type])', sheet)) {
    if (line.value.length > LINE_LENGTH) line.parentElement?.setAttribute('data-long', line.value);
    else line.parentElement?.removeAttribute('data-long');
  }
};

addEventListener('beforeprint', tellLong);

/** Writes the step anew. @type {(faults: Fault[]) => void} */
export const showReview = (faults) => {
  const shown = sectionsNow().map(({ step, fields: its }) => {
    const rows = element('dl', '', { class: 'rows' });
    for (const field of its) if (isAsked(field.id)) rows.append(...row(field, faults));
    return [element('h3', one('h2', step).textContent || ''), rows];
  });
  const answers = element('div', '', { id: 'answers' });
  answers.append(...shown.flat());
  const offices = element('dl', '', { id: 'readers' });
  offices.append(...data.recipients.flatMap(reader));
  const heading = one('#review h2');
  heading.parentElement?.replaceChildren(heading, element('p', say('review_lead')), answers, element('h3', say('readers')), offices, element('p', say('recovery')));
  for (const id in data.attachments) one(`[data-attachment="${id}"]`).hidden = !isNeeded(id);
  one('[data-send]').hidden = faults.some(stops) || !data.publishers;
  if (!data.publishers) one('#status').textContent = say('sending_off');
};

/** An office, the questions whose answers it reads, the papers whose files it opens. @type {(recipient: Recipient) => HTMLElement[]} */
const reader = (recipient) => {
  const { reads } = recipient;
  const labels = reads?.filter(isAsked).map((id) => labelOf(fieldElement(id)));
  const lines = [element('dt', officeOf(recipient).name), element('dd', labels ? labels.join('; ') : say('everything'))];
  const papers = data.files ? Object.keys(data.attachments).filter(isNeeded) : [];
  const own = papers.filter((id) => reads?.includes(id) ?? true).map(paperLabel);
  if (papers[0]) lines.push(element('dd', own[0] ? say('reader_files', { papers: own.join('; ') }) : say('reader_no_files')));
  return lines;
};

/** Whether this case needs a paper. */
const isNeeded = (/** @type {string} */ id) => asked.holds(data.attachments[id].show_when);

/** Its name, without what is said of it. */
const paperLabel = (/** @type {string} */ id) => (one(`[data-attachment="${id}"]`).firstChild?.textContent || '').trim().replace(/\.$/, '');

/** Shown, and not only words. */
const isAsked = (/** @type {string} */ id) => asked.isShown(id) && !fieldElement(id).matches('.remark');

/** @type {(field: Field, faults: Fault[]) => HTMLElement[]} */
const row = ({ id, kind }, faults) => {
  const field = fieldElement(id);
  const members = all('[data-kind]', field);
  const words = members.length ? members.map((member) => `${labelOf(member)}: ${wordsOf(member)}`).join('; ') : wordsOf(field);
  const value = element('dd', words || say('none'), { class: one('.capitals', field)?.className || '' });
  value.append(...faults.filter((fault) => fault.field.split('[')[0] === id).map(faultLine));
  const label = labelOf(field);
  if (kind !== 'computed') value.append(' ', element('button', say('change'), { type: 'button', class: 'link', 'data-change': id, 'aria-label': `${say('change')}: ${label}` }));
  return [element('dt', label), value];
};
