/**
 * The worker that seals one file: it hands over a piece, and makes the next one when that is kept. At the end come the
 * length and the digest over the pieces' digests.
 *
 * @import { Bytes } from './types'
 */
import { sealedPieces } from './ece.js';

/** What is called when the page asks for more. */
let onMore = () => {};

const sealFile = async (/** @type {{ file: Blob, ikm: Bytes, salt: Bytes, pieceBytes: number }} */ { file, ikm, salt, pieceBytes }) => {
  /** @type {number[]} */
  const digests = [];
  let len = 0;
  for await (const piece of sealedPieces(file, ikm, salt, pieceBytes)) {
    digests.push(...new Uint8Array(await crypto.subtle.digest('SHA-256', piece)));
    len += piece.length;
    const isKept = new Promise((resolve) => (onMore = () => resolve(undefined)));
    postMessage({ piece: piece.buffer }, { transfer: [piece.buffer] });
    await isKept;
  }
  postMessage({ len, pieces: await crypto.subtle.digest('SHA-256', new Uint8Array(digests)) });
};

onmessage = ({ data: order }) => {
  if (order.file) sealFile(order).catch((failure) => postMessage({ failure: `${failure}` }));
  else onMore();
};
