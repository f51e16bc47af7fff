/** @import { Answer, Context, Field, Typed } from '../../script/types' */
import { hasOnly, isListed, isPlain } from '../../script/characters.js';
import { ABROAD } from '../admin-unit/script.js';
import { checkAddress, readAddress } from '../address/script.js';

/** @type {(value: Answer, field: Field, context: Context) => string | undefined} */
export const checkResidence = ({ kind, ...place }, field, context) => {
  const { lists } = context;
  const isAbroad = place.country !== undefined;
  if (!hasOnly(place, isAbroad ? ['country', 'detail'] : ['province', 'ward', 'unit', 'detail'])) return 'shape';
  if (!isListed(lists, 'residence-kind', kind)) return 'R-ADDR/kind';
  if (!isAbroad) return checkAddress(place, field, context);
  if (!isListed(lists, 'countries', place.country)) return 'R-ADDR/country';
  return isPlain(place.detail, 150) ? undefined : 'R-ADDR/detail';
};

/** Abroad a country is asked in place of the province; `-` stands for none chosen yet. @type {(typed: Typed) => Answer} */
export const readResidence = (typed) => ({
  kind: typed('.kind'),
  ...(typed('.province') === ABROAD ? { country: typed('.country') || '-', detail: typed('.detail') } : readAddress(typed)),
});
