/** @import { Answer, Context, Field, Typed } from '../../script/types' */
import { controls, fieldElement } from '../../script/page.js';
import { kinds } from '../../script/kinds.js';

/** Each of them an option, each once, in the order of the options, so many. @type {(value: Answer, field: Field, context: Context) => string | undefined} */
export const checkMultiChoice = (value, field, context) => {
  const [checkChoice] = kinds.choice;
  const { list = '', options, min = 0, max = value.length } = field;
  const codes = options ? options.map((option) => option.value) : context.lists[list]?.items.map(({ code }) => code);
  for (const code of value) {
    const fault = typeof code === 'string' ? checkChoice(code, field, context) : 'shape';
    if (fault) return fault;
  }
  const isInOrder = value.every((/** @type {string} */ code, /** @type {number} */ at) => !at || !codes || codes.indexOf(code) > codes.indexOf(value[at - 1]));
  if (!value.length || !isInOrder) return 'shape';
  if (value.length >= min && value.length <= max) return undefined;
  return field.min === undefined ? 'count/most' : field.max === undefined ? 'count/least' : 'count/chosen';
};

/** What is ticked, in the order in which it stands there. @type {(typed: Typed, field: Field, name: string) => string[]} */
export const readMultiChoice = (typed, field, name) =>
  controls(fieldElement(name))
    .filter(({ checked }) => checked)
    .map(({ value }) => value);

kinds['multi-choice'] = [checkMultiChoice, readMultiChoice, 'array'];
