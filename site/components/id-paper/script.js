import { isListed, isPlain } from '../../script/characters.js';
import { checkDate } from '../date/script.js';
import { kinds } from '../../script/kinds.js';
import { readDate } from '../partial-date/script.js';

/** How the number of a type looks, and what is said when it does not. @type {[RegExp, RegExp, string][]} */
const NUMBERS = [
  [/^(CCCD|CC|CMND12|SDD)$/, /^\d{12}$/, 'R-ID/12'],
  [/^CMND9$/, /^\d{9}$/, 'R-ID/9'],
  [/^HC$/, /^[A-Z]{1,2}\d{6,8}$/, 'R-ID/passport'],
  [/^HCNN$/, /^[A-Z\d]{5,15}$/, 'R-ID/foreign'],
];

kinds['id-paper'] = [
  ({ type, number, issued_on, issued_by }, field, { lists }) => {
    if (!isListed(lists, 'id-paper', type)) return 'R-ID/type';
    const [, form, code] = NUMBERS.find(([types]) => types.test(type)) || [];
    if (form ? !form.test(number) : !isPlain(number, 30, 5)) return code || 'R-ID';
    const dateFault = issued_on === undefined ? issued_on : checkDate(issued_on);
    return dateFault || (issued_by !== undefined && !isPlain(issued_by, 120) ? 'shape' : undefined);
  },
  (typed) => ({
    type: typed('.type'),
    number: typed('.number').replace(/\s/g, '').toUpperCase(),
    issued_on: readDate((part) => typed('.issued_on' + part)),
    issued_by: typed('.issued_by'),
  }),
  ['type', 'number', 'issued_on', 'issued_by'],
];
