/** @import { Answer, Context, Field, Typed } from '../../script/types' */
import { hasOnly, isListed, isPlain } from '../../script/characters.js';

/** @type {(value: Answer, field: Field, context: Context) => string | undefined} */
export const checkCountryPlace = (value, field, { lists }) => {
  if (!hasOnly(value, ['country', 'place'])) return 'shape';
  if (!isListed(lists, 'countries', value.country)) return 'R-ADDR/country';
  return isPlain(value.place, 150) ? undefined : 'R-ADDR/place';
};

/** @type {(typed: Typed) => Answer} */
export const readCountryPlace = (typed) => ({ country: typed('.country'), place: typed('.place') });
