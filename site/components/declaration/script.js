import { kinds } from '../../script/kinds.js';

kinds.declaration = [(value) => (value ? undefined : 'required'), (typed) => typed() && true, 'boolean'];
