// What the page seals and signs, opened and verified by another implementation (`jose`).
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CompactSign, calculateJwkThumbprint, compactDecrypt, compactVerify, exportJWK, generateKeyPair, importJWK } from 'jose';
import { referenceOf } from '../../site/script/reference.js';
import { newCase } from '../../site/script/case.js';
import { sealPart, sealSubmission, thumbprint, toBase64url } from '../../site/script/seal.js';
import { keyInUse, readKeyFile } from '../../site/script/signed.js';

const NOW = 1_470_800_000;
const TEXT = new TextDecoder();

/** An office's key as the catalogue has it, and its private half. */
const officeKey = async (not_before = 0, not_after = NOW * 2) => {
  const { publicKey, privateKey } = await generateKeyPair('ECDH-ES', { crv: 'P-256', extractable: true });
  const { kty, crv, x, y } = await exportJWK(publicKey);
  const jwk = { kty, crv, x, y };
  return { dated: { kid: await calculateJwkThumbprint(jwk), jwk, not_before, not_after }, privateKey };
};

const data = { ref: { id: 'khai-sinh', version: 1, sha256: 'x'.repeat(43) }, relay: 'https://relay.example' };

const sealed = async (answers = { 'child.full_name': 'H’ƯƠM NIÊ KDĂM' }) => {
  const [ward, recovery, case_] = await Promise.all([officeKey(), officeKey(), newCase()]);
  const parts = [
    { n: 'ward', key: ward.dated, answers, attachments: [] },
    { n: 'recovery', key: recovery.dated, answers, attachments: [] },
  ];
  const submission = await sealSubmission(case_, { data, mode: 'live', agency: '00043', now: NOW, parts, files: [] });
  return { ward, recovery, case_, submission, body: JSON.parse(submission.body) };
};

test('a part opens with the office’s key alone, and says what the manifest says', async () => {
  const { ward, case_, body } = await sealed();
  const { plaintext, protectedHeader } = await compactDecrypt(body.parts.ward, ward.privateKey);
  assert.deepEqual(Object.keys(protectedHeader), ['alg', 'enc', 'typ', 'kid', 'epk']);
  assert.equal(protectedHeader.typ, 'motcua-part+jwe');
  assert.equal(protectedHeader.kid, ward.dated.kid);
  const content = JSON.parse(TEXT.decode(plaintext));
  assert.deepEqual(Object.keys(content), ['v', 'sub', 'answers', 'attachments', 'reply', 'pad']);
  assert.deepEqual(content.answers, { 'child.full_name': 'H’ƯƠM NIÊ KDĂM' });
  const manifest = JSON.parse(TEXT.decode(Buffer.from(body.manifest.split('.')[1], 'base64url')));
  assert.equal(content.sub.id, case_.id);
  for (const name of ['id', 'agency', 'aud', 'mode']) assert.equal(content.sub[name], manifest[name], name);
  assert.deepEqual(content.sub.form, manifest.form);
  assert.equal(content.sub.at, NOW);
  assert.equal(Buffer.from(content.reply.secret, 'base64url').length, 32);
});

test('a part is 1, 4, 16 or 64 KiB long', async () => {
  for (const [letters, bytes] of [[1, 1024], [1000, 4096], [5000, 16_384], [20_000, 65_536]]) {
    const { ward, body } = await sealed({ name: 'ễ'.repeat(letters) });
    const { plaintext } = await compactDecrypt(body.parts.ward, ward.privateKey);
    assert.equal(plaintext.length, bytes);
  }
  await assert.rejects(sealed({ name: 'a'.repeat(70_000) }));
});

test('the manifest is signed by the key it names, over the digests of the parts', async () => {
  const { submission, body, ward } = await sealed();
  const header = JSON.parse(Buffer.from(body.manifest.split('.')[0], 'base64url'));
  assert.deepEqual(Object.keys(header), ['alg', 'typ', 'jwk']);
  assert.deepEqual(Object.keys(header.jwk), ['kty', 'crv', 'x', 'y']);
  const { payload, protectedHeader } = await compactVerify(body.manifest, await importJWK(header.jwk, 'ES256'));
  assert.equal(protectedHeader.typ, 'motcua-submission+jws');
  const manifest = JSON.parse(TEXT.decode(payload));
  assert.deepEqual(Object.keys(manifest).sort(), ['agency', 'aud', 'exp', 'form', 'iat', 'id', 'mode', 'parts', 'v']);
  assert.equal(manifest.exp - manifest.iat, 24 * 3600);
  assert.deepEqual(manifest.parts.map(({ n }) => n), ['ward', 'recovery']);
  const [part] = manifest.parts;
  const digest = async (text) => Buffer.from(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text))).toString('base64url');
  assert.equal(part.sha256, await digest(body.parts.ward));
  assert.equal(part.len, body.parts.ward.length);
  assert.equal(part.kid, ward.dated.kid);
  assert.equal(submission.manifest_sha256, await digest(body.manifest.split('.').slice(0, 2).join('.')));
  assert.match(referenceOf(submission.digest), /^[0-9A-HJKMNP-TV-Z]{5}-[0-9A-HJKMNP-TV-Z]{5}$/);
});

test('no two parts share a key, no two cases an id', async () => {
  const { dated } = await officeKey();
  const headers = await Promise.all([1, 2].map(async () => (await sealPart('a', dated)).split('.')[0]));
  assert.notEqual(headers[0], headers[1]);
  assert.notEqual((await newCase()).id, (await newCase()).id);
});

test('private keys of a case cannot be taken out', async () => {
  const { keys, reply } = await newCase();
  for (const { privateKey } of [keys, reply.keys]) await assert.rejects(crypto.subtle.exportKey('jwk', privateKey));
});

test('thumbprints are those of RFC 7638', async () => {
  const { dated } = await officeKey();
  assert.equal(await thumbprint(dated.jwk), dated.kid);
});

/** A key file signed by a publisher. */
const keyFile = async (change = {}, header = {}) => {
  const { publicKey, privateKey } = await generateKeyPair('ES256', { extractable: true });
  const { kty, crv, x, y } = await exportJWK(publicKey);
  const jwk = { kty, crv, x, y };
  const file = { v: 1, serial: NOW, iat: NOW, exp: NOW + 100, office: { code: '00043', kind: 'ward', mode: 'live', keys: [] }, ...change };
  const protectedHeader = { alg: 'ES256', typ: 'motcua-keys+jws', kid: await calculateJwkThumbprint(jwk), ...header };
  const jws = await new CompactSign(new TextEncoder().encode(JSON.stringify(file))).setProtectedHeader(protectedHeader).sign(privateKey);
  return { jws, jwk };
};

test('a key file counts only from a publisher of the page, for that office', async () => {
  const { jws, jwk } = await keyFile();
  assert.equal((await readKeyFile(`${jws}\n`, [jwk], '00043')).office.code, '00043');
  const refused = [
    [jws, [(await keyFile()).jwk], '00043'],
    [jws, [], '00043'],
    [jws, [jwk], '00044'],
    [jws.replace(/.{4}$/, 'AAAA'), [jwk], '00043'],
  ];
  for (const attempt of refused) await assert.rejects(readKeyFile(...attempt));
  for (const [change, header] of [[{ v: 2 }, {}], [{}, { typ: 'motcua-catalogue+jws' }], [{}, { kid: 'other' }]]) {
    const other = await keyFile(change, header);
    await assert.rejects(readKeyFile(other.jws, [other.jwk], '00043'));
  }
});

test('the newest key in use seals; a slow clock takes the first that will be', () => {
  const key = (kid, not_before, not_after) => ({ kid, jwk: {}, not_before, not_after });
  const file = (...keys) => ({ v: 1, exp: NOW + 100, office: { code: '00043', keys } });
  const [old, current, next] = [key('old', 0, NOW - 1), key('current', 10, NOW + 50), key('next', NOW + 10, NOW + 100)];
  assert.equal(keyInUse(file(next, old, current), NOW).kid, 'current');
  assert.equal(keyInUse(file(old, current, key('newer', 20, NOW + 50)), NOW).kid, 'newer');
  assert.equal(keyInUse(file(next), NOW).kid, 'next');
  assert.throws(() => keyInUse(file(old), NOW));
  assert.throws(() => keyInUse(file(current), NOW + 200));
});

test('references are the first 50 bits', () => {
  assert.equal(referenceOf(new Uint8Array(32)), '00000-00000');
  assert.equal(referenceOf(new Uint8Array(32).fill(255)), 'ZZZZZ-ZZZZZ');
  assert.equal(referenceOf(Uint8Array.of(0x08, 0x86, 0x42, 0x98, 0xe8, 0x4a, 0x9f)), '12345-6789A');
});
