/** @import { Answer, Field } from '../../script/types' */
import { INVISIBLE, isCanonical } from '../../script/characters.js';
import { kinds } from '../../script/kinds.js';

/** @type {(value: Answer, field: Field) => string | undefined} */
export const checkText = (value, { length_min = 0, length_max = 200 }) => {
  const length = [...value].length;
  if (!isCanonical(value)) return 'shape';
  if (INVISIBLE.test(value)) return 'characters';
  return length > length_max ? 'length' : length < length_min ? 'length/short' : undefined;
};

kinds.text = [checkText];
