import { isPlain } from '../../script/characters.js';
import { kinds } from '../../script/kinds.js';

kinds.email = [(value) => (isPlain(value, 254) && /^[^\s@,;<>"]+@[^\s@,;<>".]+(\.[^\s@,;<>".]+)+$/.test(value) ? undefined : 'R-EMAIL')];
