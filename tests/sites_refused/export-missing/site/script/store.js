import { none } from './expr.js';
export const keepCase = () => {};
