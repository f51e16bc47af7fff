import { isListed, isPlain } from '../../script/characters.js';
import { kinds } from '../../script/kinds.js';

kinds['country-place'] = [
  ({ country, place }, field, { lists }) => (!isListed(lists, 'countries', country) ? 'R-ADDR/country' : isPlain(place, 150) ? undefined : 'R-ADDR/place'),
  undefined,
  ['country', 'place'],
];
