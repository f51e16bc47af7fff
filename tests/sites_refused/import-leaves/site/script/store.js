import { a } from '../../../a.js';
export const keepCase = () => {};
export const keptCases = () => {};
export const forgetCase = () => {};
export const forgetCases = () => {};
