/**
 * What stays on the device, in databases of this browser. None ever changes its shape, another shape takes another name: so a page
 * that was open when the portal was published anew goes on with its own.
 */

/** @typedef {<Result>(room: string, mode: IDBTransactionMode, ask: (its: IDBObjectStore) => IDBRequest<Result>) => Promise<Result>} InRoom */

/** @type {(name: string, rooms: Record<string, IDBObjectStoreParameters>) => Promise<IDBDatabase>} */
const openDatabase = (name, rooms) =>
  new Promise((resolve, reject) => {
    const opening = indexedDB.open(name);
    opening.onupgradeneeded = () => {
      for (const room in rooms) opening.result.createObjectStore(room, rooms[room]);
    };
    opening.onsuccess = () => resolve(opening.result);
    opening.onerror = () => reject(opening.error);
  });

/**
 * Asks a database of these rooms, which is made when it is asked first. What comes is what the request brought, once what it did is
 * on the disk; it fails when the device has no room.
 *
 * @type {(name: string, rooms: Record<string, IDBObjectStoreParameters>) => InRoom}
 */
export const database = (name, rooms) => async (room, mode, ask) => {
  const opened = await openDatabase(name, rooms);
  try {
    const transaction = opened.transaction(room, mode);
    const request = ask(transaction.objectStore(room));
    await new Promise((resolve, reject) => {
      transaction.oncomplete = resolve;
      transaction.onabort = () => reject(transaction.error);
    });
    return request.result;
  } finally {
    opened.close();
  }
};
