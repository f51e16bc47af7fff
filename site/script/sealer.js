/**
 * The worker that seals one file: it keeps each piece on the device before it makes the next one. At the end it tells the length and
 * the digest over the pieces' digests, or why it stopped.
 *
 * @import { Bytes } from './types'
 */
import { PIECE_BYTES, keepPiece } from './shelf.js';
import { sealedPieces } from './ece.js';

onmessage = async (/** @type {{ data: { id: string, n: string, file: Blob, ikm: Bytes, salt: Bytes } }} */ { data: { id, n, file, ikm, salt } }) => {
  /** @type {number[]} */
  const digests = [];
  let [index, len, failure] = [0, 0, 'files_read'];
  try {
    for await (const piece of sealedPieces(file, ikm, salt, PIECE_BYTES)) {
      digests.push(...new Uint8Array(await crypto.subtle.digest('SHA-256', piece)));
      len += piece.length;
      failure = 'files_room';
      await keepPiece(id, n, index++, piece);
      failure = 'files_read';
    }
    postMessage({ len, pieces: await crypto.subtle.digest('SHA-256', new Uint8Array(digests)) });
  } catch {
    postMessage({ failure });
  }
};
