import { a } from './store.js';
export const keepCase = () => {};
