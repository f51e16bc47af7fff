/**
 * What stays on the device when the person wants it: a case's keys, which cannot be taken out, and its receipt. What was
 * typed only where the person wants that, too, and sealed.
 *
 * @import { KeptCase } from './types'
 */
import { database } from './database.js';

const inCases = database('motcua', { cases: { keyPath: 'id' } });

/** Keeps a case under its id. @type {(record: KeptCase) => Promise<unknown>} */
export const keepCase = (record) => inCases('cases', 'readwrite', (cases) => cases.put(record));

/** Those that are kept. @type {() => Promise<KeptCase[]>} */
export const keptCases = () => inCases('cases', 'readonly', (cases) => cases.getAll());

/** Forgets a case and its keys. @type {(id: string) => Promise<void>} */
export const forgetCase = (id) => inCases('cases', 'readwrite', (cases) => cases.delete(id));

/** Forgets all. */
export const forgetCases = () => inCases('cases', 'readwrite', (cases) => cases.clear());
