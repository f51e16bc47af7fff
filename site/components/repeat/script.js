/** @import { Answer, Answers, Context, Fault, Field, Typed } from '../../script/types' */
import { entriesOf } from '../../script/repeats.js';
import { faultOf, faultsOf, isOfType } from '../../script/check.js';
import { kinds } from '../../script/kinds.js';
import { readAll } from '../../script/answers.js';

/** How many entries. @type {(value: Answer, field: Field) => string | undefined} */
export const checkRepeat = ({ length }, { min = 0, max = 0 }) => (!length ? 'shape' : length < min || length > max ? 'count' : undefined);

/** Entry by entry. @type {(typed: Typed, field: Field) => Answers[]} */
export const readRepeat = (typed, { id, fields = [] }) => entriesOf(id).map((entry, index) => readAll(fields, `${id}[${index}].`));

/** What is wrong within the entries. @type {(field: Field, value: Answer, context: Context) => Fault[]} */
const faultsWithin = (field, value, context) => {
  const { id: group, fields: members = [] } = field;
  const within = value.flatMap((/** @type {Answers} */ entry, /** @type {number} */ index) =>
    isOfType(entry, members.map(({ id }) => id))
      ? members.flatMap((member) => faultsOf(member, entry[member.id], context, `${group}[${index}].${member.id}`))
      : [faultOf(field, 'shape')],
  );
  return [...within, ...doubles(field, value)];
};

/** Whether two answers are the same, whatever the order of their parts. @type {(a: Answer, b: Answer) => unknown} */
const isSame = (a, b) =>
  a === b || (a && b && typeof a === 'object' && typeof b === 'object' && Array.isArray(a) === Array.isArray(b) && [...Object.keys(a), ...Object.keys(b)].every((part) => isSame(a[part], b[part])));

/** The entries that answer the question of `distinct` as an earlier one does. @type {(field: Field, value: Answers[]) => Fault[]} */
const doubles = (field, value) => {
  const { id, distinct = '' } = field;
  const seen = value.map((entry) => entry?.[distinct]);
  return seen.flatMap((answer, index) => (answer !== undefined && seen.findIndex((earlier) => isSame(earlier, answer)) < index ? [faultOf(field, 'distinct', `${id}[${index}].${distinct}`)] : []));
};

kinds.repeat = [checkRepeat, readRepeat, 'array', faultsWithin];
