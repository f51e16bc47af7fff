/**
 * A form's answers judged as the intake judges them: what is shown, what is wrong. The intake's word counts; this one is a
 * courtesy, held to the same cases (`formdef/cases`).
 *
 * @import { Answer, Answers, Context, Fault, Field, Form, Lists, Scope, Severity, Tree } from './types'
 */
import { answerOf, evaluate } from './expr.js';
import { kinds } from './kinds.js';

/**
 * What is wrong with an answer only in the light of others, where nothing is wrong in itself (`own`); pieces add theirs.
 *
 * @type {((field: Field, value: Answer, answers: Answers, judged: ReturnType<typeof judge>, own: Fault[]) => Fault[])[]}
 */
export const relations = [];

/** Whether it must be put right before sending. */
export const stops = (/** @type {{ severity: Severity }} */ { severity }) => /error|route/.test(severity);

/**
 * What a form asks over some answers, and what its expressions come to.
 * @param {Form} form
 * @param {Lists} lists those that are there; a code of a list that is not there counts as known
 * @param {Answers} answers
 * @param {string} at `YYYY-MM-DD`, or `YYYY-MM-DDThh:mm:ss+07:00`
 */
export const judge = ({ fields }, lists, answers, at) => {
  const context = { lists, at, today: at.slice(0, 10) };
  /** Answers to shown fields that are right. @type {Answers} */
  const known = {};
  const holds = (/** @type {Tree} */ condition) => condition === undefined || evaluate(condition, scope) === true;
  const isShown = (/** @type {string} */ id) => fields.some((field) => field.id === id && holds(field.section_when) && holds(field.show_when));
  /** @type {Scope} */
  const scope = {
    ...context,
    get: (id) => {
      if (!(id in known)) {
        known[id] = undefined;
        if (answers[id] !== undefined && isShown(id) && !fields.some((field) => field.id === id && faultsOf(field, answers[id], context).some(stops))) known[id] = answers[id];
      }
      return known[id];
    },
  };
  return { context, holds, isShown, valueOf: (/** @type {Tree} */ tree) => answerOf(tree, scope) };
};

/**
 * What is wrong: the fields' faults in the form's order, then the rules'. The intake also refuses what no page can give:
 * answers that nobody asked for, and worked-out values that are others.
 * @type {(form: Form, lists: Lists, answers: Answers, at: string) => Fault[]}
 */
export const check = (form, lists, answers, at) => {
  const judged = judge(form, lists, answers, at);
  const { context, isShown, valueOf } = judged;
  const faults = form.fields.flatMap((field) => {
    if (!isShown(field.id) || field.value !== undefined) return [];
    const value = answers[field.id];
    const own = faultsOf(field, value, context);
    return [...own, ...relations.flatMap((relation) => relation(field, value, answers, judged, own))];
  });
  form.rules.forEach(([field, rule, severity, assert], words) => {
    if (isShown(field) && valueOf(assert) === false) faults.push({ field, rule, severity, words });
  });
  return faults;
};

/** What is wrong with the answer to one shown field. @type {(field: Field, value: Answer, context: Context, path?: string) => Fault[]} */
export const faultsOf = (field, value, context, path = field.id) => {
  const [checkKind, , type = 'string', faultsWithin] = kinds[field.kind];
  const isTyped = field.value !== undefined || isOfType(value, type);
  const code = value === undefined ? field.optional === undefined && 'required' : isTyped ? checkKind(value, field, context) : type === 'number' ? 'shape/number' : 'shape';
  if (code) return [faultOf(field, code, path)];
  return value && faultsWithin ? faultsWithin(field, value, context) : [];
};

/** Whether an answer is of a JSON type; of an object, whether it has no parts but these. @type {(value: Answer, type: string | string[]) => boolean} */
export const isOfType = (value, type) =>
  Array.isArray(type) ? typeOf(value) === 'object' && Object.keys(value).every((part) => type.includes(part)) : typeOf(value) === type;

const typeOf = (/** @type {Answer} */ value) => (Array.isArray(value) ? 'array' : value === null ? 'null' : typeof value);

/** In the definition's own words where it has them. What stands behind `/` says more exactly what to do. @type {(field: Field, code: string, path?: string) => Fault} */
export const faultOf = (field, code, path = field.id) => {
  const severity = code === 'look-alike' ? 'warning' : 'error';
  const [rule, words] = (code === 'required' ? field.missing : severity === 'error' ? field.invalid : undefined) || [code.split('/')[0], code];
  const { min = field.length_min, max = field.length_max, decimals } = field;
  return { field: path, rule, severity, words, gaps: { min, max, decimals } };
};
