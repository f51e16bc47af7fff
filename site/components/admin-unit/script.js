/** @import { Answer, Context, Field } from '../../script/types' */
import { isListed, isPlain } from '../../script/characters.js';
import { kinds } from '../../script/kinds.js';

/** The city: its wards are the list `agencies`; units of other provinces are free text. */
const CITY = '01';

/** Where a residence may be abroad: the option after the last province. */
export const ABROAD = 'NN';

/** Parts of an answer. */
export const UNIT = ['province', 'ward', 'unit'];

/** A province of the list; below it a ward of the city by its code, else words: in the city only for a place of the past. @type {(value: Answer, field: Field, context: Context) => string | undefined} */
export const checkUnit = ({ province, ward, unit }, { kind, levels }, { lists }) => {
  if (!isListed(lists, 'provinces', province)) return 'R-ADDR/province';
  if (levels == 1) return ward === unit && unit === undefined ? unit : 'shape';
  if (ward === undefined && (province !== CITY || kind === 'admin-unit')) return isPlain(unit, 150) ? undefined : 'R-ADDR/unit';
  if (province !== CITY || !isListed(lists, 'agencies', ward)) return 'R-ADDR/ward';
  return unit === undefined ? unit : 'shape';
};

kinds['admin-unit'] = [checkUnit, undefined, UNIT];

/** Shows what is asked under the chosen province: a ward, words, or a country. */
export const arrangePlace = (/** @type {HTMLInputElement} */ { name, value: province, form }) => {
  const input = (/** @type {string} */ part) => /** @type {HTMLInputElement | null} */ (form?.elements.namedItem(name.replace('province', part)));
  const ask = (/** @type {string} */ part, /** @type {boolean} */ isAsked) => {
    const line = input(part)?.closest('label');
    if (line) line.hidden = !isAsked;
  };
  ask('ward', province === CITY);
  ask('unit', province === CITY ? !input('detail') && !input('ward')?.value : !!province && province !== ABROAD);
  ask('country', province === ABROAD);
};
