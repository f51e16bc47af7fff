// A receipt counts when a relay of the portal signed it, with a key in use, for what was sent: signed here by `jose`.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CompactSign, calculateJwkThumbprint, exportJWK, generateKeyPair } from 'jose';
import { verifiedReceipt } from '../../site/script/verified.js';

const NOW = 1_470_800_000;
const SEALED = { id: 'a', manifest_sha256: 'b' };
const RECEIPT = { v: 1, ...SEALED, mode: 'live', form: { id: 'a', version: 1, sha256: 'c' }, agency: '00043', received_at: NOW };

/** A relay's key as its key file has it, and what signs with it. */
const relayKey = async (not_before = NOW - 100, not_after = NOW + 100) => {
  const { publicKey, privateKey } = await generateKeyPair('ES256', { extractable: true });
  const { kty, crv, x, y } = await exportJWK(publicKey);
  const jwk = { kty, crv, x, y };
  const kid = await calculateJwkThumbprint(jwk);
  const sign = (payload, typ = 'motcua-receipt+jws') =>
    new CompactSign(new TextEncoder().encode(JSON.stringify(payload))).setProtectedHeader({ alg: 'ES256', typ, kid }).sign(privateKey);
  return { dated: { kid, jwk, not_before, not_after }, sign };
};

const file = (...keys) => ({ v: 1, exp: NOW * 2, office: { code: 'relay', kind: 'relay', mode: 'live', keys: keys.map(({ dated }) => dated) } });

test('by one of the keys, for what was sent', async () => {
  const [old, key] = [await relayKey(0, NOW - 50), await relayKey()];
  const receipt = await verifiedReceipt(await key.sign(RECEIPT), SEALED, file(old, key));
  assert.deepEqual(receipt, RECEIPT);
  const past = { ...RECEIPT, received_at: NOW - 60 };
  assert.deepEqual(await verifiedReceipt(await old.sign(past), SEALED, file(old, key)), past);
});

test('anything else is none', async () => {
  const [key, stranger] = [await relayKey(), await relayKey()];
  const jws = await key.sign(RECEIPT);
  const [header, , signature] = jws.split('.');
  const changed = Buffer.from(JSON.stringify({ ...RECEIPT, received_at: NOW + 1 })).toString('base64url');
  const none = {
    'by a stranger': await stranger.sign(RECEIPT),
    changed: `${header}.${changed}.${signature}`,
    'not signed': `${header}.${changed}.`,
    'no JWS': 'received',
    'another thing that the key signed': await key.sign(RECEIPT, 'motcua-keys+jws'),
    'another submission': await key.sign({ ...RECEIPT, id: 'c' }),
    'another manifest': await key.sign({ ...RECEIPT, manifest_sha256: 'c' }),
    'before the key was in use': await key.sign({ ...RECEIPT, received_at: NOW - 101 }),
    'after it': await key.sign({ ...RECEIPT, received_at: NOW + 101 }),
  };
  for (const [name, wrong] of Object.entries(none)) {
    await assert.rejects(verifiedReceipt(wrong, SEALED, file(key)), name);
  }
});
