/**
 * Sealed files on the device until the relay has them, piece by piece, with what is needed to send them after the page was
 * closed. Nothing here can be read by whoever finds it: the keys are in the submission, sealed.
 *
 * @import { Upload } from './types'
 */

/** What is digested, kept and sent in one piece: what a digest over digests is made of (`envelope/FORMAT.md`, section 5). */
export const PIECE_BYTES = 262_144;

/** @type {Promise<IDBDatabase> | undefined} */
let opened;

/** @type {<T>(request: IDBRequest<T>) => Promise<T>} */
const done = (request) =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });

const open = () => {
  const opening = indexedDB.open('motcua-files');
  opening.onupgradeneeded = () => {
    opening.result.createObjectStore('pieces');
    opening.result.createObjectStore('uploads', { keyPath: 'id' });
  };
  return done(opening);
};

/** One of its two rooms. @type {(name: 'pieces' | 'uploads', mode?: IDBTransactionMode) => Promise<IDBObjectStore>} */
const room = async (name, mode) => {
  opened ||= open();
  return (await opened).transaction(name, mode).objectStore(name);
};

/** Fails when the device has no room. @type {(id: string, n: string, index: number, piece: ArrayBuffer) => Promise<unknown>} */
export const keepPiece = async (id, n, index, piece) => done((await room('pieces', 'readwrite')).put(piece, [id, n, index]));

/** @type {(id: string, n: string, index: number) => Promise<ArrayBuffer | undefined>} */
export const pieceOf = async (id, n, index) => done((await room('pieces')).get([id, n, index]));

/** @type {(upload: Upload) => Promise<unknown>} */
export const keepUpload = async (upload) => done((await room('uploads', 'readwrite')).put(upload));

/** Uploads that were begun and not ended. @type {() => Promise<Upload[]>} */
export const uploads = async () => done((await room('uploads')).getAll());

/** Of a submission nothing stays. */
export const forget = async (/** @type {string} */ id) => {
  await done((await room('uploads', 'readwrite')).delete(id));
  await done((await room('pieces', 'readwrite')).delete(IDBKeyRange.bound([id], [id, []])));
};

/** Pieces of files that were never about to be sent: the page was closed while it sealed them. */
export const sweep = async () => {
  const kept = (await uploads()).map(({ id }) => id);
  const keys = /** @type {[string, string, number][]} */ (await done((await room('pieces')).getAllKeys()));
  for (const id of new Set(keys.map(([id]) => id))) if (!kept.includes(id)) await forget(id);
};
