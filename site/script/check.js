/**
 * A form's answers judged as the intake judges them: what is shown, what is wrong, what is worked out. The intake's
 * word counts; this one is a courtesy, held to the same cases (`formdef/cases`).
 *
 * @import { Answer, Answers, Context, Fault, Field, Form, Lists, Scope, Severity, Tree } from './types'
 */
import { answerOf, evaluate } from './expr.js';
import { kinds } from './kinds.js';

/** What a fault of a kind is when it is no error. @type {Record<string, Severity>} */
const SEVERITIES = { 'look-alike': 'warning' };

/**
 * What is wrong with an answer only in the light of others, by its place; pieces add theirs.
 *
 * @type {((field: Field, value: Answer, answers: Answers, judged: ReturnType<typeof judge>) => [path: string, code: string, field: Field][])[]}
 */
export const relations = [];

/** Whether it must be put right before sending. */
export const stops = (/** @type {{ severity: Severity }} */ { severity }) => severity === 'error' || severity === 'route';

/**
 * What a form asks over some answers, and what its expressions come to.
 * @param {Form} form
 * @param {Lists} lists those that are there; a code of a list that is not there counts as known
 * @param {Answers} answers
 * @param {string} at `YYYY-MM-DD`, or `YYYY-MM-DDThh:mm:ss+07:00`
 */
export const judge = (form, lists, answers, at) => {
  const context = { lists, at, today: at.slice(0, 10) };
  /** @type {Map<string, { field: Field, section: Tree, value?: Answer, isKnown?: true }>} */
  const places = new Map();
  for (const { fields, show_when } of form.sections) for (const field of fields) places.set(field.id, { field, section: show_when });

  const holds = (/** @type {Tree} */ condition) => condition === undefined || evaluate(condition, scope) === true;
  const isShown = (/** @type {string} */ id) => {
    const place = places.get(id);
    return !!place && holds(place.section) && holds(place.field.show_when);
  };
  const valueOf = (/** @type {Tree} */ tree) => answerOf(tree, scope);
  /** The answer to a shown field when it is right. @type {(id: string) => Answer} */
  const get = (id) => {
    const place = places.get(id);
    if (!place || place.isKnown) return place?.value;
    place.isKnown = true;
    const value = answers[id];
    const isRight = value !== undefined && isShown(id) && !faultsOf(form, place.field, value, context).some(stops);
    return (place.value = isRight ? value : undefined);
  };
  /** @type {Scope} */
  const scope = { ...context, get };
  return { context, holds, isShown, valueOf };
};

/**
 * What is wrong: the fields' faults in the form's order, then the rules', then answers that nobody asked for.
 * @type {(form: Form, lists: Lists, answers: Answers, at: string) => Fault[]}
 */
export const check = (form, lists, answers, at) => {
  const judged = judge(form, lists, answers, at);
  const { context, isShown, valueOf } = judged;
  const fields = form.sections.flatMap((section) => section.fields);
  const faults = fields.flatMap((field) => {
    const value = answers[field.id];
    if (!isShown(field.id)) return value === undefined ? [] : [faultOf(form, field, 'not-shown')];
    if (field.value !== undefined) return isSame(value, valueOf(field.value)) ? [] : [faultOf(form, field, 'computed')];
    const own = faultsOf(form, field, value, context);
    const related = relations.flatMap((relation) => relation(field, value, answers, judged));
    return [...own, ...related.filter(([path]) => !own.some((fault) => fault.field === path)).map(([path, code, of]) => faultOf(form, of, code, path))];
  });
  for (const { id, on, severity, assert, message } of form.rules) {
    if (isShown(on) && valueOf(assert) === false) faults.push({ field: on, rule: id, severity, message });
  }
  const unasked = Object.keys(answers).filter((id) => !fields.some((field) => field.id === id));
  return [...faults, ...unasked.map((id) => faultOf(form, { id, kind: '', required: false }, 'unknown-field'))];
};

/** What is wrong with the answer to one shown field. @type {(form: Form, field: Field, value: Answer, context: Context, path?: string) => Fault[]} */
export const faultsOf = (form, field, value, context, path = field.id) => {
  const [checkKind, , type = 'string', faultsWithin] = kinds[field.kind];
  const isTyped = field.value !== undefined || typeOf(value) === type;
  const code = value === undefined ? field.required && 'required' : isTyped ? checkKind(value, field, context) : type === 'number' ? 'shape/number' : 'shape';
  if (code) return [faultOf(form, field, code, path)];
  return value && faultsWithin ? faultsWithin(form, field, value, context) : [];
};

export const typeOf = (/** @type {Answer} */ value) => (Array.isArray(value) ? 'array' : value === null ? 'null' : typeof value);

/** In the definition's own words where it has them. What stands behind `/` says more exactly what to do. @type {(form: Form, field: Field, code: string, path?: string) => Fault} */
export const faultOf = (form, field, code, path = field.id) => {
  const severity = SEVERITIES[code] || 'error';
  const structural = /^(not-shown|computed|unknown-field)$/.test(code);
  const own = code === 'required' ? field.missing : structural || severity !== 'error' ? undefined : field.invalid;
  const { min = field.length_min ?? 0, max = field.length_max ?? 0, decimals } = field;
  const words = String(form.messages?.[code]).replace('{min}', `${min}`).replace('{max}', `${max}`).replace('{decimals}', `${decimals}`);
  return { field: path, rule: own ? own.id : code.split('/')[0], severity, message: own ? own.message : words };
};

/** Whether two answers are the same, whatever the order of their parts. @type {(a: Answer, b: Answer) => boolean} */
export const isSame = (a, b) =>
  a === b || (typeof a === 'object' && typeOf(a) === typeOf(b) && [...Object.keys(a), ...Object.keys(b)].every((part) => isSame(a[part], b[part])));
