/**
 * The kinds of field, one folder each in `components/`: what is wrong with an answer, what its inputs say, and the JSON
 * type of its answers where that is not a string. Those that are named here are in the core, which every form's page
 * loads; the others add themselves when the page of a form that uses them loads them.
 *
 * @import { Kind } from './types'
 */
import { checkText, readText } from '../components/text/script.js';
import { checkInteger, readInteger } from '../components/integer/script.js';
import { checkDate, readDate } from '../components/date/script.js';
import { checkPartialDate, readPartialDate } from '../components/partial-date/script.js';
import { checkChoice, readChoice } from '../components/choice/script.js';
import { checkYesNo, readYesNo } from '../components/yes-no/script.js';
import { checkPersonName, readPersonName } from '../components/person-name/script.js';
import { checkPhone, readPhone } from '../components/phone/script.js';
import { checkEmail, readEmail } from '../components/email/script.js';
import { checkIdPaper, readIdPaper } from '../components/id-paper/script.js';
import { checkAdminUnit, readAdminUnit } from '../components/admin-unit/script.js';
import { checkAddress, readAddress } from '../components/address/script.js';
import { checkResidence, readResidence } from '../components/residence/script.js';
import { checkAgency, readAgency } from '../components/agency/script.js';
import { checkCountryPlace, readCountryPlace } from '../components/country-place/script.js';
import { checkComputed, readComputed } from '../components/computed/script.js';
import { checkDeclaration, readDeclaration } from '../components/declaration/script.js';

/** @type {Record<string, Kind>} */
export const kinds = {
  text: [checkText, readText],
  integer: [checkInteger, readInteger, 'number'],
  date: [checkDate, readDate],
  'partial-date': [checkPartialDate, readPartialDate],
  choice: [checkChoice, readChoice],
  'yes-no': [checkYesNo, readYesNo, 'boolean'],
  'person-name': [checkPersonName, readPersonName],
  phone: [checkPhone, readPhone],
  email: [checkEmail, readEmail],
  'id-paper': [checkIdPaper, readIdPaper, 'object'],
  'admin-unit': [checkAdminUnit, readAdminUnit, 'object'],
  address: [checkAddress, readAddress, 'object'],
  residence: [checkResidence, readResidence, 'object'],
  agency: [checkAgency, readAgency],
  'country-place': [checkCountryPlace, readCountryPlace, 'object'],
  computed: [checkComputed, readComputed],
  declaration: [checkDeclaration, readDeclaration, 'boolean'],
};
