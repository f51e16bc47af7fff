// Proofs and receipts of `envelope/vectors`, whole ones and such with each fault, get their verdicts in the page's script.
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { test } from 'node:test';
import { checkProof } from '../../site/script/proof.js';
import { bytesOf, jsonOf } from '../../site/script/signed.js';
import { signedReceipt } from '../../site/script/verified.js';

const VECTORS = new URL('../../envelope/vectors/', import.meta.url);
const vectors = (folder) => {
  const read = (name) => JSON.parse(readFileSync(new URL(`${folder}/${name}`, VECTORS), 'utf8'));
  const all = readdirSync(new URL(folder, VECTORS)).map(read);
  assert.ok(all.length > 10, folder);
  return all;
};

for (const { name, fault, proof, manifest_sha256, logs, verdict } of vectors('proofs')) {
  test(`proof ${name}: ${fault}`, async () => {
    const checked = checkProof(proof, bytesOf(manifest_sha256), logs).then(() => 'accept', ({ code }) => code);
    assert.equal(await checked, verdict);
  });
}

for (const { name, fault, jws, catalogue, verdict } of vectors('receipts')) {
  test(`receipt ${name}: ${fault}`, async () => {
    const { relays } = jsonOf(readFileSync(new URL(catalogue, VECTORS), 'utf8').split('.')[1]);
    const receipt = await signedReceipt(jws, relays).catch(() => undefined);
    assert.equal(receipt !== undefined, verdict === 'accept');
  });
}
