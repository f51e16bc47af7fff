/** @import { Answer, Field } from '../../script/types' */
import { checkText } from '../text/script.js';
import { kinds } from '../../script/kinds.js';

/** As a text, but for the ends of its lines. @type {(value: Answer, field: Field) => string | undefined} */
const checkMultiline = (value, field) => {
  const code = checkText(value, field);
  return code === 'characters' ? checkText(value.replaceAll('\n', '-'), field) : code;
};

kinds.multiline = [checkMultiline];
