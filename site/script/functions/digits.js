import { functions } from '../expr.js';

/** How many digits. */
functions.digits = (value) => (value.match(/\d/g) || '').length;
