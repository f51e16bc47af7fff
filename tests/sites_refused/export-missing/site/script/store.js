import { none } from './expr.js';
export const keepCase = () => {};
export const keptCases = () => {};
export const forgetCase = () => {};
export const forgetCases = () => {};
