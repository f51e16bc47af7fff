import { ADDRESS, checkAddress } from '../address/script.js';
import { isListed, isPlain } from '../../script/characters.js';
import { ABROAD } from '../admin-unit/script.js';
import { kinds } from '../../script/kinds.js';

const PARTS = ['kind', 'country', ...ADDRESS];

kinds.residence = [
  (value, field, context) => {
    const { kind, country, province, ward, unit, detail } = value;
    const { lists } = context;
    const isAbroad = country !== undefined;
    if (isAbroad && [province, ward, unit].some((part) => part !== undefined)) return 'shape';
    if (!isListed(lists, 'residence-kind', kind)) return 'R-ADDR/kind';
    if (!isAbroad) return checkAddress(value, field, context);
    if (!isListed(lists, 'countries', country)) return 'R-ADDR/country';
    return isPlain(detail, 150) ? undefined : 'R-ADDR/detail';
  },
  // Abroad a country is asked in place of the province; `-` stands for none chosen yet.
  (typed) => {
    const place = Object.fromEntries(PARTS.map((part) => [part, typed(`.${part}`)]));
    return place.province === ABROAD ? { ...place, province: '', country: place.country || '-' } : place;
  },
  PARTS,
];
