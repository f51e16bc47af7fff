/**
 * Which office reads what: found from the answers, by name for people and by code for its key.
 *
 * @import { Recipient } from './types'
 */
import { answers } from './sheet.js';
import { data, fillGaps, say } from './page.js';
import { lists } from './lists.js';

/** Code and name of the office that a recipient is; no code when the answers lead to none. @type {(recipient: Pick<Recipient, 'kind' | 'office' | 'label'>) => { code: string, name: string }} */
export const officeOf = ({ kind, label = '', office: { of, district_of = '', prefix } }) => {
  const place = answers[of || district_of];
  const agency = lists.agencies?.items.find(({ code }) => code === (place?.ward || place));
  const group = lists.agencies?.groups?.find(({ code }) => code === agency?.group);
  if (!agency || !group) return { code: '', name: kind };
  const district = group.label;
  if (of) return { code: agency.code, name: say('people', { name: agency.label, district }) };
  return { code: prefix + group.code, name: fillGaps(label, { district }) };
};

/** The office that receives the application: that of the form's first recipient. */
export const receivingOffice = () => officeOf(data.recipients[0]);
