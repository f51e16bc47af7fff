/**
 * What stays on the device: the case's keys, which cannot be taken out, and its receipt. Nothing that was typed.
 *
 * @import { Case } from './types'
 */

/** Keeps a case under its id. A device that cannot keep it does not hold the person up. @type {(record: Case & { receipt: string, reference: string }) => void} */
export const keepCase = (record) => {
  const opening = indexedDB.open('motcua');
  opening.onupgradeneeded = () => opening.result.createObjectStore('cases', { keyPath: 'id' });
  opening.onsuccess = () => opening.result.transaction('cases', 'readwrite').objectStore('cases').put(record);
};
