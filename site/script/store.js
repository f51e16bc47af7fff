/**
 * What stays on the device when the person wants it: a case's keys, which cannot be taken out, and its receipt. Nothing that
 * was typed.
 *
 * @import { KeptCase } from './types'
 */

/** @type {() => Promise<IDBDatabase>} */
const openStore = () =>
  new Promise((resolve, reject) => {
    const opening = indexedDB.open('motcua');
    opening.onupgradeneeded = () => opening.result.createObjectStore('cases', { keyPath: 'id' });
    opening.onsuccess = () => resolve(opening.result);
    opening.onerror = () => reject(opening.error);
  });

/** What a request brings, once what it did is on the disk. @type {(mode: IDBTransactionMode, ask: (cases: IDBObjectStore) => IDBRequest) => Promise<any>} */
const inStore = async (mode, ask) => {
  const store = await openStore();
  try {
    const transaction = store.transaction('cases', mode);
    const request = ask(transaction.objectStore('cases'));
    await new Promise((resolve, reject) => {
      transaction.oncomplete = resolve;
      transaction.onerror = transaction.onabort = () => reject(transaction.error);
    });
    return request.result;
  } finally {
    store.close();
  }
};

/** Keeps a case under its id. @type {(record: KeptCase) => Promise<void>} */
export const keepCase = (record) => inStore('readwrite', (cases) => cases.put(record));

/** Those that are kept. @type {() => Promise<KeptCase[]>} */
export const keptCases = () => inStore('readonly', (cases) => cases.getAll());

/** Forgets a case and its keys. @type {(id: string) => Promise<void>} */
export const forgetCase = (id) => inStore('readwrite', (cases) => cases.delete(id));

/** Forgets all. @type {() => Promise<void>} */
export const forgetCases = () => inStore('readwrite', (cases) => cases.clear());
