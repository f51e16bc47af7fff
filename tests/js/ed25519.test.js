// Signatures of the log are checked as RFC 8032 has it, and as Node's own Ed25519 does.
import assert from 'node:assert/strict';
import { generateKeyPairSync, sign, verify } from 'node:crypto';
import { test } from 'node:test';
import { isEd25519 } from '../../site/script/ed25519.js';

const ORDER = 2n ** 252n + 27742317777372353535851937790883648493n;
const bytes = (hex) => new Uint8Array(Buffer.from(hex, 'hex'));
const numberIn = (little) => little.reduceRight((number, byte) => (number << 8n) | BigInt(byte), 0n);
const bytesOf = (number) => Uint8Array.from({ length: 32 }, (_, at) => Number((number >> BigInt(8 * at)) & 255n));

/** RFC 8032, 7.1: the first three. */
const VECTORS = [
  {
    key: 'd75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a',
    message: '',
    signature: 'e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b',
  },
  {
    key: '3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c',
    message: '72',
    signature: '92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00',
  },
  {
    key: 'fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025',
    message: 'af82',
    signature: '6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a',
  },
];

test('the signatures of RFC 8032 count, and none with a flipped bit', async () => {
  for (const { key, message, signature } of VECTORS) {
    const its = [bytes(key), bytes(signature), bytes(message)];
    assert.equal(await isEd25519(...its), true, message);
    for (const [part, at] of [[0, 0], [0, 31], [1, 0], [1, 31], [1, 32], [1, 63]]) {
      const changed = its.map((one) => one.slice());
      changed[part][at] ^= 1;
      assert.equal(await isEd25519(...changed), false, `${part} ${at}`);
    }
    assert.equal(await isEd25519(its[0], its[1], new Uint8Array([...its[2], 0])), false);
  }
});

test('what Node signs counts, and what Node refuses does not', async () => {
  for (let count = 0; count < 20; count++) {
    const { publicKey, privateKey } = generateKeyPairSync('ed25519');
    const key = new Uint8Array(publicKey.export({ format: 'der', type: 'spki' }).subarray(-32));
    const message = new Uint8Array(Buffer.from(`checkpoint ${count}\n`.repeat(count)));
    const signature = new Uint8Array(sign(null, message, privateKey));
    assert.equal(await isEd25519(key, signature, message), true);
    const changed = signature.slice();
    changed[(count * 7) % 64] ^= 1 << count % 8;
    assert.equal(await isEd25519(key, changed, message), verify(null, message, publicKey, changed));
  }
});

test('a signature and a key have one spelling', async () => {
  const { key, message, signature } = VECTORS[1];
  const [r, s] = [bytes(signature).slice(0, 32), numberIn(bytes(signature).slice(32))];
  const again = new Uint8Array([...r, ...bytesOf(s + ORDER)]);
  assert.equal(await isEd25519(bytes(key), again, bytes(message)), false, 's and s + L');
  // The neutral point signs whatever one likes when it is let in by another of its names.
  const neutral = bytesOf(1n);
  const other = bytesOf(2n ** 255n - 18n);
  const forged = new Uint8Array([...neutral, ...bytesOf(0n)]);
  assert.equal(await isEd25519(other, forged, bytes('00')), false, 'y = p + 1');
  assert.equal(await isEd25519(bytesOf(1n | (1n << 255n)), forged, bytes('00')), false, 'a sign where x is nought');
  assert.equal(await isEd25519(bytesOf(2n), forged, bytes('00')), false, 'on no curve');
  for (const [its, length] of [[bytes(key).slice(1), 64], [bytes(key), 63]]) {
    assert.equal(await isEd25519(its, bytes(signature).slice(0, length), bytes(message)), false, `${its.length} ${length}`);
  }
});
