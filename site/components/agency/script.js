/** @import { Answer, Context, Field } from '../../script/types' */
import { checkListed } from '../choice/script.js';
import { readText } from '../text/script.js';

/** @type {(value: Answer, field: Field, context: Context) => string | undefined} */
export const checkAgency = (value, field, context) => checkListed('agencies', value, context);

export const readAgency = readText;
