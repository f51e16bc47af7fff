import { isCanonical } from '../../script/characters.js';
import { kinds } from '../../script/kinds.js';

kinds['person-name'] = [
  (value) => {
    if (!isCanonical(value) || value.includes('  ')) return 'shape';
    if (/\p{N}/u.test(value)) return 'R-NAME-VN';
    if (!/^[\p{L}\p{M} .'’-]+$/u.test(value) || !/\p{L}/u.test(value)) return 'R-NAME';
    if (!/^.{2,100}$/u.test(value)) return 'R-NAME/length';
    return /[ÐƉðɖ]/.test(value) ? 'look-alike' : undefined;
  },
  // As typed, with single spaces.
  (typed) => typed().replace(/\s+/g, ' '),
];
