import { functions } from '../expr.js';

functions.min = (numbers) => Math.min(...numbers);
