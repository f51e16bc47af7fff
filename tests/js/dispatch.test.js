// What waited is signed again: the same parts, id and key under a new date, as another implementation (`jose`) reads it.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compactVerify, exportJWK, generateKeyPair, importJWK } from 'jose';
import { newCase } from '../../site/script/case.js';
import { sealSubmission, thumbprint, toBase64url } from '../../site/script/seal.js';
import { namedBy, signAgain } from '../../site/script/dispatch.js';

const NOW = 1_470_800_000;
const LATER = NOW + 3 * 86_400;

const waiting = async () => {
  const { publicKey } = await generateKeyPair('ECDH-ES', { crv: 'P-256', extractable: true });
  const { kty, crv, x, y } = await exportJWK(publicKey);
  const key = { kid: await thumbprint({ kty, crv, x, y }), jwk: { kty, crv, x, y }, not_before: 0, not_after: LATER };
  const case_ = await newCase();
  const data = { ref: { id: 'khai-sinh', version: 1, sha256: 'x'.repeat(43) }, relay: 'https://relay.example' };
  const sealed = await sealSubmission(case_, { data, mode: 'live', agency: '00043', now: NOW, parts: [{ n: 'ward', key, answers: {}, attachments: [] }], files: [] });
  return { ...sealed, case_, relay: data.relay, at: NOW, iat: NOW, title: '', where: '', isTried: false, before: [], signed: [sealed.manifest_sha256] };
};

/** The payload, when the key in the header signed it. */
const verified = async (manifest) => {
  const { jwk } = JSON.parse(Buffer.from(manifest.split('.')[0], 'base64url'));
  const { payload } = await compactVerify(manifest, await importJWK(jwk, 'ES256'));
  return { jwk, ...JSON.parse(new TextDecoder().decode(payload)) };
};

test('signed again: a new date, and nothing else', async () => {
  const before = await waiting();
  const after = await signAgain(before, LATER);
  const [was, is] = [JSON.parse(before.body), JSON.parse(after.body)];
  assert.deepEqual(is.parts, was.parts);
  const [{ iat, exp, ...earlier }, { iat: newIat, exp: newExp, ...later }] = [await verified(was.manifest), await verified(is.manifest)];
  assert.deepEqual(later, earlier);
  assert.deepEqual([newIat, newExp - newIat, after.exp], [LATER, exp - iat, newExp]);
  assert.equal(after.at, NOW);
});

test('every digest that was signed is remembered, and a receipt names one of them', async () => {
  const before = await waiting();
  const after = await signAgain(before, LATER);
  assert.equal(after.signed[0], before.manifest_sha256);
  const { manifest } = JSON.parse(after.body);
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(manifest.slice(0, manifest.lastIndexOf('.'))));
  assert.equal(after.signed[1], toBase64url(digest));
  const receipt = `h.${toBase64url({ manifest_sha256: after.signed[1] })}.s\nproof`;
  assert.deepEqual(namedBy(receipt), { manifest_sha256: after.signed[1], digest: new Uint8Array(digest), receipt });
});
