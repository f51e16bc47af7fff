/** @import { Answer, Context, Field, Typed } from '../../script/types' */
import { hasOnly, isListed, isPlain } from '../../script/characters.js';

/** The city: its wards are the list `agencies`; units of other provinces are free text. */
export const CITY = '01';

/** Where a residence may be abroad: the option after the last province. */
export const ABROAD = 'NN';

/** A province of the list; below it a ward of the city by its code, else words. @type {(value: Answer, needsWard: boolean, context: Context) => string | undefined} */
export const checkUnit = ({ province, ward, unit }, needsWard, { lists }) => {
  if (!isListed(lists, 'provinces', province)) return 'R-ADDR/province';
  if (ward === undefined) return needsWard && province === CITY ? 'R-ADDR/ward' : isPlain(unit, 150) ? undefined : 'R-ADDR/unit';
  if (province !== CITY || !isListed(lists, 'agencies', ward)) return 'R-ADDR/ward';
  return unit === undefined ? unit : 'shape';
};

/** @type {(value: Answer, field: Field, context: Context) => string | undefined} */
export const checkAdminUnit = (value, { levels }, context) => {
  if (!hasOnly(value, ['province', 'ward', 'unit'])) return 'shape';
  if (levels !== 1) return checkUnit(value, false, context);
  return !isListed(context.lists, 'provinces', value.province) ? 'R-ADDR/province' : hasOnly(value, ['province']) ? undefined : 'shape';
};

/** What is typed under the province that is chosen. @type {(typed: Typed) => Answer} */
export const readAdminUnit = (typed) => {
  const province = typed('.province');
  const ward = province === CITY ? typed('.ward') : '';
  return { province, ward, unit: ward ? '' : typed('.unit') };
};

/** Shows what is asked under the chosen province: a ward, words, or a country. */
export const arrangePlace = (/** @type {HTMLInputElement} */ { name, value: province, form }) => {
  const input = (/** @type {string} */ part) => /** @type {HTMLInputElement | null} */ (form?.elements.namedItem(name.replace('province', part)));
  const ask = (/** @type {string} */ part, /** @type {boolean} */ isAsked) => {
    const line = input(part)?.closest('label');
    if (line) line.hidden = !isAsked;
  };
  ask('ward', province === CITY);
  // Only where a place of the past can be meant may a unit of the city stand in words.
  ask('unit', province === CITY ? !input('detail') && !input('ward')?.value : !!province && province !== ABROAD);
  ask('country', province === ABROAD);
};
