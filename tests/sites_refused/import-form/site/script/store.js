import * as all from './expr.js';
export const keepCase = () => {};
