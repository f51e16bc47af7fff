/** @import { Answer, Context, Field, Typed } from '../../script/types' */
import { hasOnly, isListed, isPlain } from '../../script/characters.js';
import { checkDate, readDate } from '../date/script.js';

/** How the number of a type looks, and what is said when it does not. @type {[RegExp, RegExp, string][]} */
const NUMBERS = [
  [/^(CCCD|CC|CMND12|SDD)$/, /^\d{12}$/, 'R-ID/12'],
  [/^CMND9$/, /^\d{9}$/, 'R-ID/9'],
  [/^HC$/, /^[A-Z]{1,2}\d{6,8}$/, 'R-ID/passport'],
  [/^HCNN$/, /^[A-Z\d]{5,15}$/, 'R-ID/foreign'],
];

/** @type {(value: Answer, field: Field, context: Context) => string | undefined} */
export const checkIdPaper = (value, field, { lists }) => {
  const { type, number, issued_on, issued_by } = value;
  if (!hasOnly(value, ['type', 'number', 'issued_on', 'issued_by'])) return 'shape';
  if (!isListed(lists, 'id-paper', type)) return 'R-ID/type';
  const rule = NUMBERS.find(([types]) => types.test(type));
  if (rule ? !rule[1].test(number) : !isPlain(number, 30, 5)) return rule ? rule[2] : 'R-ID';
  const dateFault = issued_on === undefined ? issued_on : checkDate(issued_on);
  return dateFault || (issued_by !== undefined && !isPlain(issued_by, 120) ? 'shape' : undefined);
};

/** @type {(typed: Typed) => Answer} */
export const readIdPaper = (typed) => ({
  type: typed('.type'),
  number: typed('.number').replace(/\s/g, '').toUpperCase(),
  issued_on: readDate((part) => typed('.issued_on' + part)),
  issued_by: typed('.issued_by'),
});
