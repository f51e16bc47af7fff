/**
 * Choices among the items of one group of a list.
 *
 * @import { Answer, Answers, Fault, Field } from '../types'
 */
import { arrangements, fieldElement, fields, one } from '../page.js';
import { asked } from '../sheet.js';
import { entriesOf } from '../repeats.js';
import { lists } from '../lists.js';
import { faultOf, relations } from '../check.js';

relations.push((field, value, answers, { context, valueOf }, own) => {
  /** @type {(choice: Field, code: Answer, path: string) => Fault[]} */
  const outside = (choice, code, path) => {
    const group = choice.within && valueOf(choice.within);
    const item = context.lists[choice.list || '']?.items.find((its) => its.code === code);
    const isRight = group === undefined || !item || item.group === group || own.some((fault) => fault.field === path);
    return isRight ? [] : [faultOf(choice, 'not-within', path)];
  };
  const { id, fields: members } = field;
  if (!members) return outside(field, value, id);
  const entries = Array.isArray(value) ? value : [];
  return entries.flatMap((/** @type {Answers} */ entry, index) => members.flatMap((member) => outside(member, entry?.[member.id], `${id}[${index}].${member.id}`)));
});

/** Only the group to choose from stays in sight. @type {(field: Field, name: string) => void} */
const narrow = ({ within, list = '' }, name) => {
  const group = within && asked.valueOf(within);
  const select = /** @type {ParentNode} */ (fieldElement(name));
  lists[list]?.groups?.forEach(({ code }, index) => {
    const shown = one(`optgroup:nth-of-type(${index + 1})`, select);
    if (shown) shown.hidden = shown.disabled = group !== undefined && code !== group;
  });
};

arrangements.push(() => {
  for (const field of fields) {
    if (field.within) narrow(field, field.id);
    for (const member of field.fields || []) {
      if (member.within) entriesOf(field.id).forEach((entry, index) => narrow(member, `${field.id}[${index}].${member.id}`));
    }
  }
});
