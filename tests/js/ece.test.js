// What the page seals of a file, opened by another implementation: Node's own HKDF and AES-GCM, written after RFC 8188.
import assert from 'node:assert/strict';
import { createDecipheriv, createHash, hkdfSync } from 'node:crypto';
import { test } from 'node:test';
import { sealedPieces } from '../../site/script/ece.js';

const RECORD = 262_144;
const IKM = new Uint8Array(16).fill(7);
const SALT = new Uint8Array(16).fill(9);

const content = (bytes) => Buffer.from(Array.from({ length: bytes }, (_, index) => index % 251));

const seal = async (bytes) => {
  const pieces = [];
  for await (const piece of sealedPieces(new Blob([content(bytes)]), IKM, SALT, RECORD)) pieces.push(Buffer.from(piece));
  return pieces;
};

const open = (sealed) => {
  assert.deepEqual(sealed.subarray(0, 21), Buffer.concat([SALT, Buffer.from([0, 4, 0, 0, 0])]));
  const derived = (name, length) => Buffer.from(hkdfSync('sha256', IKM, SALT, `Content-Encoding: ${name}\0`, length));
  const [key, nonce] = [derived('aes128gcm', 16), derived('nonce', 12)];
  const contents = [];
  for (let at = 21, number = 0; at < sealed.length; at += RECORD, number++) {
    const record = sealed.subarray(at, at + RECORD);
    const iv = Buffer.from(nonce);
    iv.writeUInt32BE((iv.readUInt32BE(8) ^ number) >>> 0, 8);
    const opening = createDecipheriv('aes-128-gcm', key, iv);
    opening.setAuthTag(record.subarray(-16));
    const plain = Buffer.concat([opening.update(record.subarray(0, -16)), opening.final()]);
    assert.equal(plain.at(-1), at + RECORD < sealed.length ? 1 : 2);
    contents.push(plain.subarray(0, -1));
  }
  return Buffer.concat(contents);
};

for (const bytes of [0, 1, RECORD - 17 - 1, RECORD - 17, RECORD - 17 + 1, 2 * (RECORD - 17), 600_000]) {
  test(`a file of ${bytes} bytes opens, in pieces of which only the last is shorter`, async () => {
    const pieces = await seal(bytes);
    const records = Math.max(1, Math.ceil(bytes / (RECORD - 17)));
    const sealed = Buffer.concat(pieces);
    assert.equal(sealed.length, 21 + bytes + 17 * records);
    assert.ok(pieces.slice(0, -1).every(({ length }) => length === RECORD));
    assert.equal(pieces.length, Math.ceil(sealed.length / RECORD));
    const digest = (data) => createHash('sha256').update(data).digest();
    assert.deepEqual(digest(open(sealed)), digest(content(bytes)));
  });
}
