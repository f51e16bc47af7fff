/** @import { Answer, Context, Field } from '../../script/types' */
import { UNIT, checkUnit } from '../admin-unit/script.js';
import { isPlain } from '../../script/characters.js';
import { kinds } from '../../script/kinds.js';

/** @type {(value: Answer, field: Field, context: Context) => string | undefined} */
export const checkAddress = (value, field, context) => checkUnit(value, field, context) || (isPlain(value.detail, 150) ? undefined : 'R-ADDR/detail');

/** Parts of an answer. */
export const ADDRESS = [...UNIT, 'detail'];

kinds.address = [checkAddress, undefined, ADDRESS];
