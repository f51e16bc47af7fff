import { a } from './nowhere.js';
export const keepCase = () => {};
