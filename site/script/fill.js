/**
 * An answer written back into the inputs of its field.
 *
 * @import { Answer } from './types'
 */
import { controls, fieldElement } from './page.js';

/** A part of an answer by its input's name: `ward`, `issued_on.day`. @type {(answer: Answer, path: string) => Answer} */
const partOf = (answer, path) => {
  let part = answer;
  for (const name of path ? path.split('.') : []) part = typeof part === 'string' ? part.split('-')[['year', 'month', 'day'].indexOf(name)] : part?.[name];
  return part;
};

/** Parts that it does not have become empty. @type {(id: string, answer: Answer) => void} */
export const fill = (id, answer) => {
  for (const input of controls(fieldElement(id))) {
    const part = partOf(answer, input.name.slice(id.length + 1)) ?? '';
    if (/radio|checkbox/.test(input.type)) input.checked = [part].flat().some((one) => `${one}` === input.value);
    else input.value = part;
  }
};
