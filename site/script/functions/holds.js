import { functions } from '../expr.js';

functions.holds = (several, item) => several.includes(item);
