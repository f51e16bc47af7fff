/**
 * Sealed submissions that wait on this device for a network, each with the keys of its case, which cannot be taken out. Nobody here
 * can read what is in them.
 *
 * @import { Waiting } from './types'
 */
import { database } from './database.js';

const inOutbox = database('motcua-outbox', { waiting: { keyPath: 'id' } });

/** Keeps one, in the place of the one with its id. @type {(its: Waiting) => Promise<unknown>} */
export const keepWaiting = (its) => inOutbox('waiting', 'readwrite', (waiting) => waiting.put(its));

/** All of them. @type {() => Promise<Waiting[]>} */
export const allWaiting = () => inOutbox('waiting', 'readonly', (waiting) => waiting.getAll());

/** @type {(id: string) => Promise<Waiting | undefined>} */
export const waitingOf = (id) => inOutbox('waiting', 'readonly', (waiting) => waiting.get(id));

/** It was sent, or shall not be. @type {(id: string) => Promise<unknown>} */
export const dropWaiting = (id) => inOutbox('waiting', 'readwrite', (waiting) => waiting.delete(id));
