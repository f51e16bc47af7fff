/** @import { Answer, Answers, Context, Fault, Field, Form, Typed } from '../../script/types' */
import { entriesOf, readAll } from '../../script/answers.js';
import { faultOf, faultsOf, isSame, typeOf } from '../../script/check.js';
import { kinds } from '../../script/kinds.js';
import '../../script/repeats.js';

/** How many entries. @type {(value: Answer, field: Field) => string | undefined} */
export const checkRepeat = ({ length }, { min = 0, max = 20 }) => (!length ? 'shape' : length < min || length > max ? 'count' : undefined);

/** Entry by entry. @type {(typed: Typed, field: Field) => Answers[]} */
export const readRepeat = (typed, { id, fields = [] }) => entriesOf(id).map((entry, index) => readAll(fields, `${id}[${index}].`));

/** What is wrong within the entries. @type {(form: Form, field: Field, value: Answer, context: Context) => Fault[]} */
const faultsWithin = (form, field, value, context) => {
  const { id: group, fields: members = [] } = field;
  const within = value.flatMap((/** @type {Answers} */ entry, /** @type {number} */ index) =>
    typeOf(entry) !== 'object' || Object.keys(entry).some((id) => !members.some((member) => member.id === id))
      ? [faultOf(form, field, 'shape')]
      : members.flatMap((member) => faultsOf(form, member, entry[member.id], context, `${group}[${index}].${member.id}`)),
  );
  return [...within, ...doubles(form, field, value)];
};

/** The entries that answer the question of `distinct` as an earlier one does. @type {(form: Form, field: Field, value: Answers[]) => Fault[]} */
const doubles = (form, field, value) => {
  const { id, distinct = '' } = field;
  const seen = value.map((entry) => entry?.[distinct]);
  return seen.flatMap((answer, index) => (answer !== undefined && seen.findIndex((earlier) => isSame(earlier, answer)) < index ? [faultOf(form, field, 'distinct', `${id}[${index}].${distinct}`)] : []));
};

kinds.repeat = [checkRepeat, readRepeat, 'array', faultsWithin];
