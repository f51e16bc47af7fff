/**
 * Services that some agencies alone take: no other is offered, nor right.
 *
 * @import { Field, ListItem } from '../types'
 */
import '../../components/agency/script.js';
import { all, arrangements, fieldElement, fields } from '../page.js';
import { entriesOf } from '../repeats.js';
import { kinds } from '../kinds.js';
import { lists } from '../lists.js';

/** By its own code or that of its district. @type {(field: Field, agency?: ListItem) => boolean} */
const takes = ({ only }, agency) => !only || only.includes(agency?.code || '') || only.includes(agency?.group || '');

const [checkAgency] = kinds.agency;

kinds.agency = [
  (value, field, context) => {
    const agency = context.lists.agencies?.items.find(({ code }) => code === value);
    return checkAgency(value, field, context) || (takes(field, agency) ? undefined : 'not-taken');
  },
];

/** Only those that take it stay in the list. @type {(field: Field, name: string) => void} */
const leaveTakers = (field, name) => {
  const others = new Set(lists.agencies?.items.filter((agency) => !takes(field, agency)).map(({ code }) => code));
  const its = fieldElement(name);
  for (const option of all('option', its)) if (others.has(option.value)) option.remove();
  for (const district of all('optgroup:empty', its)) district.remove();
};

arrangements.push(() => {
  for (const field of fields) {
    if (field.only) leaveTakers(field, field.id);
    for (const member of field.fields || []) {
      if (member.only) entriesOf(field.id).forEach((entry, index) => leaveTakers(member, `${field.id}[${index}].${member.id}`));
    }
  }
});
