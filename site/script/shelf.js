/**
 * Sealed files on the device until the relay has them, piece by piece; their submission waits in the outbox. Nothing here can be
 * read by whoever finds it: the keys are in the submission, sealed.
 */
import { database } from './database.js';

/** What is digested, kept and sent in one piece: what a digest over digests is made of (`envelope/FORMAT.md`, section 5). */
export const PIECE_BYTES = 262_144;

const onShelf = database('motcua-pieces', { pieces: {} });

/** Fails when the device has no room. @type {(id: string, n: string, index: number, piece: Uint8Array) => Promise<unknown>} */
export const keepPiece = (id, n, index, piece) => onShelf('pieces', 'readwrite', (pieces) => pieces.put(piece, [id, n, index]));

/** @type {(id: string, n: string, index: number) => Promise<Uint8Array<ArrayBuffer> | undefined>} */
export const pieceOf = (id, n, index) => onShelf('pieces', 'readonly', (pieces) => pieces.get([id, n, index]));

/** Of a submission nothing stays. @type {(id: string) => Promise<void>} */
export const forget = (id) => onShelf('pieces', 'readwrite', (pieces) => pieces.delete(IDBKeyRange.bound([id], [id, []])));

/** Forgets the pieces of all but these submissions: the page was closed while it sealed them. @type {(ids: string[]) => Promise<void>} */
export const sweep = async (ids) => {
  const keys = /** @type {[string, string, number][]} */ (await onShelf('pieces', 'readonly', (pieces) => pieces.getAllKeys()));
  for (const id of new Set(keys.map(([id]) => id))) if (!ids.includes(id)) await forget(id);
};
