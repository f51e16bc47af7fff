import { kinds } from '../../script/kinds.js';

// Nothing is typed; `script/sheet.js` works the value out.
kinds.computed = [() => undefined, () => undefined];
