/**
 * Sealing a file: `aes128gcm` of RFC 8188 in the records of `envelope/FORMAT.md`, a piece at a time, so that a file need
 * not fit into the memory. It runs in a worker; no DOM, no network.
 *
 * @import { Bytes } from './types'
 */

const RECORD_BYTES = 262_144;
/** What a record holds besides content: the delimiter and the tag. */
const RECORD_EXTRA_BYTES = 17;
/** What ends the content of a record, and of the last one. */
const [MORE, LAST] = [1, 2];

/** Key and nonce of one file. @type {(ikm: Bytes, salt: Bytes) => Promise<{ key: CryptoKey, nonce: Bytes }>} */
const derive = async (ikm, salt) => {
  const material = await crypto.subtle.importKey('raw', ikm, 'HKDF', false, ['deriveBits']);
  const bytes = async (/** @type {string} */ name, /** @type {number} */ length) => {
    const info = new TextEncoder().encode(`Content-Encoding: ${name}\0`);
    return new Uint8Array(await crypto.subtle.deriveBits({ name: 'HKDF', hash: 'SHA-256', salt, info }, material, length * 8));
  };
  const key = await crypto.subtle.importKey('raw', await bytes('aes128gcm', 16), 'AES-GCM', false, ['encrypt']);
  return { key, nonce: await bytes('nonce', 12) };
};

/** The nonce of a record: files have fewer than 2³² of them. @type {(nonce: Bytes, number: number) => Bytes} */
const nonceOf = (nonce, number) => {
  const its = nonce.slice();
  const end = new DataView(its.buffer, 8);
  end.setUint32(0, end.getUint32(0) ^ number);
  return its;
};

/** The records of a file, one after the other, the header first. Their content is read into one place: what a file leaves behind is not its size. @type {(file: Blob, ikm: Bytes, salt: Bytes) => AsyncGenerator<Bytes>} */
const records = async function* (file, ikm, salt) {
  const { key, nonce } = await derive(ikm, salt);
  const header = new Uint8Array(21);
  header.set(salt);
  new DataView(header.buffer).setUint32(16, RECORD_BYTES);
  yield header;
  const step = RECORD_BYTES - RECORD_EXTRA_BYTES;
  const record = new Uint8Array(step + 1);
  for (let number = 0, at = 0; !number || at < file.size; number++, at += step) {
    const content = new Uint8Array(await file.slice(at, at + step).arrayBuffer());
    record.set(content);
    record[content.length] = at + step < file.size ? MORE : LAST;
    const whole = record.subarray(0, content.length + 1);
    yield new Uint8Array(await crypto.subtle.encrypt({ name: 'AES-GCM', iv: nonceOf(nonce, number) }, key, whole));
  }
};

/** A sealed file in pieces of so many bytes; the last may be shorter. Each stands where the one before stood. @type {(file: Blob, ikm: Bytes, salt: Bytes, pieceBytes: number) => AsyncGenerator<Bytes>} */
export const sealedPieces = async function* (file, ikm, salt, pieceBytes) {
  const piece = new Uint8Array(pieceBytes);
  let filled = 0;
  for await (let record of records(file, ikm, salt)) {
    while (record.length) {
      const some = record.subarray(0, pieceBytes - filled);
      piece.set(some, filled);
      filled += some.length;
      record = record.subarray(some.length);
      if (filled < pieceBytes) continue;
      yield piece;
      filled = 0;
    }
  }
  if (filled) yield piece.subarray(0, filled);
};
