/**
 * Which office reads what: found from the answers, by name for people and by code for its key.
 *
 * @import { Recipient } from './types'
 */
import { answers } from './sheet.js';
import { data, fillGaps, say, textOf } from './page.js';
import { lists } from './lists.js';

/** Code and name of the office that a recipient is; no code when the answers lead to none. @type {(recipient: Pick<Recipient, 'kind' | 'office'>) => { code: string, name: string }} */
export const officeOf = ({ kind, office: { of, district_of = '', prefix } }) => {
  const place = answers[of || district_of];
  const agency = lists.agencies?.items.find(({ code }) => code === (place?.ward || place));
  const group = lists.agencies?.groups?.find(({ code }) => code === agency?.group);
  if (!agency || !group) return { code: '', name: kind };
  const district = textOf(group.label);
  if (of) return { code: agency.code, name: say('people', { name: textOf(agency.label), district }) };
  return { code: prefix + group.code, name: fillGaps(textOf(data.offices[kind].label), { district }) };
};

/** The office that receives the application: that of the form's first recipient. */
export const receivingOffice = () => officeOf(data.form.recipients[0]);
