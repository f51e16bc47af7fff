import { a } from '../../../a.js';
export const keepCase = () => {};
