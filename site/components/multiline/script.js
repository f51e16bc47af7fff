/** @import { Answer, Field } from '../../script/types' */
import { checkText, readText } from '../text/script.js';
import { kinds } from '../../script/kinds.js';

/** As a text, but for the ends of its lines. @type {(value: Answer, field: Field) => string | undefined} */
export const checkMultiline = (value, field) => {
  const code = checkText(value, field);
  return code === 'characters' ? checkText(value.replaceAll('\n', '-'), field) : code;
};

export const readMultiline = readText;

kinds.multiline = [checkMultiline, readMultiline];
