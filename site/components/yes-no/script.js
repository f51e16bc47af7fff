import { kinds } from '../../script/kinds.js';

// That it is true or false says its type.
kinds['yes-no'] = [() => undefined, (typed) => typed() && typed() === 'true', 'boolean'];
