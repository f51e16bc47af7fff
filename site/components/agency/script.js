import { checkListed } from '../choice/script.js';
import { kinds } from '../../script/kinds.js';

kinds.agency = [(value, field, context) => checkListed('agencies', value, context)];
