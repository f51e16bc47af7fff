import { functions } from '../expr.js';

functions.max = (numbers) => Math.max(...numbers);
