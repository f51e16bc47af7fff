/** @import { Answer, Context, Field, Typed } from '../../script/types' */
import { hasOnly, isPlain } from '../../script/characters.js';
import { CITY, checkUnit, readAdminUnit } from '../admin-unit/script.js';

/** @type {(value: Answer, field: Field, context: Context) => string | undefined} */
export const checkAddress = (value, field, context) => {
  if (!hasOnly(value, ['province', 'ward', 'unit', 'detail'])) return 'shape';
  return checkUnit(value, true, context) || (isPlain(value.detail, 150) ? undefined : 'R-ADDR/detail');
};

/** @type {(typed: Typed) => Answer} */
export const readAddress = (typed) => {
  const { province, ward, unit } = readAdminUnit(typed);
  return { province, ward, unit: ward || province === CITY ? '' : unit, detail: typed('.detail') };
};
