// What publishers, relays and intakes sign: catalogues, key files, receipts, acknowledgements.

import { base64url, digestOf, namedHeader, publicJwk } from './format.mjs';
import { ISSUED, NOW, catalogue, keyFile, keys, publish } from './city.mjs';
import { DAY, filled, json, same, write } from './submission.mjs';
import { twins } from './whole.mjs';

export async function publications() {
  const file = async (name, fault, verdict, { typ = 'catalogue', payload = typ === 'keys' ? keyFile : catalogue, now = NOW, pinned = ['publisher'], signer, named, jws = same, seen } = {}) =>
    write(`catalogues/${name}.json`, {
      name, fault, now, file: typ, pinned: pinned.map(key => publicJwk(keys[key])), ...(seen ? { seen } : {}),
      jws: jws(await publish(typ, payload, signer, named)), verdict,
    });
  await file('whole', 'none', 'accept');
  await file('whole-second-publisher', 'none: one of two pinned keys', 'accept', { pinned: ['foreign-publisher', 'publisher'] });
  await file('whole-last-second', 'none: exp is now', 'accept', { now: catalogue.exp });
  await file('whole-clock-ten-minutes-behind', 'none: our clock is exactly 10 minutes behind', 'accept', { now: ISSUED - 600 });
  await file('whole-same-serial', 'none: the serial in use', 'accept', { seen: ISSUED });
  await file('whole-extreme-integers', 'none: a serial of 2^53 - 1, a date of -(2^53 - 1)', 'accept', {
    payload: { ...catalogue, serial: Number.MAX_SAFE_INTEGER, offices: catalogue.offices.map(o => ({ ...o, opens: Number.MIN_SAFE_INTEGER })) },
  });
  await file('foreign', 'signed by a key that is not pinned', 'foreign', { signer: keys['foreign-publisher'] });
  await file('foreign-nothing-pinned', 'no key is pinned', 'foreign', { pinned: [] });
  await file('unsigned', 'alg none and no signature', 'malformed', {
    jws: jws => `${base64url(json({ alg: 'none' }))}.${jws.split('.')[1]}.`,
  });
  await file('signed-by-another', 'names the pinned key, but another signed', 'signature', { signer: keys['foreign-publisher'], named: keys.publisher });
  await file('changed', 'changed after signing', 'signature', {
    jws: jws => { const [h, , s] = jws.split('.'); return `${h}.${base64url(json({ ...catalogue, relay: 'https://evil.example' }))}.${s}`; },
  });
  await file('expired', 'exp a second ago', 'expired', { now: catalogue.exp + 1 });
  await file('not-yet', 'issued more than 10 minutes from now', 'not-yet', { now: ISSUED - 601 });
  await file('rolled-back', 'a higher serial has been in use', 'rolled-back', { seen: ISSUED + 1 });

  const malformed = (name, fault, change) => file(name, fault, 'malformed', { payload: change(structuredClone(catalogue)) });
  const edit = change => whole => { change(whole); return whole; };
  await file('not-compact', 'a word', 'malformed', { jws: () => 'catalogue' });
  await file('header-of-a-key-file', 'a key file offered as catalogue', 'malformed', {
    jws: await publish('keys', keyFile).then(text => () => text),
  });
  await malformed('duplicate-name', 'serial twice', whole => json(whole).replace('"serial"', '"serial":1,"serial"'));
  await malformed('extra-member', 'a member that the format does not know', whole => ({ ...whole, note: '' }));
  await malformed('version-2', 'v is 2', whole => ({ ...whole, v: 2 }));
  await malformed('date-null', 'closes is null', edit(whole => { whole.offices[0].closes = null; }));
  await malformed('kid-of-another-key', 'a kid that is not the thumbprint of its key', edit(whole => { whole.offices[0].keys[0].kid = keys['00004'].kid; }));
  await malformed('relay-kid-of-another-key', 'the same in relays', edit(whole => { whole.relays[0].kid = keys.ack.kid; }));
  await malformed('ack-kid-of-another-key', 'the same in acks', edit(whole => { whole.acks[0].kid = keys.relay.kid; }));
  await malformed('log-twice', 'two logs of one name', edit(whole => { whole.logs.push(whole.logs[0]); }));
  await malformed('log-id-of-another-key', 'a log key whose id is not its own', edit(whole => { whole.logs[0] = whole.logs[0].replace(/\+.{8}\+/, '+00000000+'); }));
  await malformed('logs-missing', 'no member logs', ({ logs, ...whole }) => whole);
  await malformed('recovery-kid-of-another-key', 'the same in recovery', edit(whole => { whole.recovery.kid = keys.ack.kid; }));
  await malformed('key-of-kind-rsa', 'an office key with kty RSA', edit(whole => { whole.offices[0].keys[0].jwk.kty = 'RSA'; }));
  await malformed('key-on-p-384', 'an office key with crv P-384', edit(whole => { whole.offices[0].keys[0].jwk.crv = 'P-384'; }));
  await malformed('integer-too-large', 'a serial of 2^53', whole => json(whole).replace(`"serial":${ISSUED}`, `"serial":${2 ** 53}`));
  await malformed('integer-too-small', 'a date of -2^53', edit(whole => { whole.offices[0].opens = -(2 ** 53); }));
  await malformed('private-key', 'an office key with d', edit(whole => { whole.offices[0].keys[0].jwk.d = keys['00001'].d; }));
  await malformed('office-twice', 'two offices of one code', edit(whole => { whole.offices.push({ ...whole.offices[0], keys: [] }); }));
  await malformed('key-of-two-offices', 'two offices with one key', edit(whole => { whole.offices[1].keys = whole.offices[0].keys; }));
  await malformed('recovery-key-of-an-office', 'an office has the recovery key', edit(whole => { whole.offices[1].keys = [whole.recovery]; }));
  await malformed('office-code-with-slash', 'a path as code', edit(whole => { whole.offices[0].code = '../00001'; }));
  await malformed('office-kind-empty', 'no kind', edit(whole => { whole.offices[0].kind = ''; }));
  await malformed('form-twice', 'two forms of one id and version', edit(whole => { whole.forms.push(whole.forms[0]); }));
  await malformed('form-id-with-dot', 'a path as form id', edit(whole => { whole.forms[0].id = '..'; }));
  await malformed('role-twice', 'two recipients of one role', edit(whole => { whole.forms[0].recipients.push(whole.forms[0].recipients[0]); }));
  await malformed('role-recovery', 'a recipient named recovery', edit(whole => { whole.forms[0].recipients.push({ role: 'recovery', kind: 'ward' }); }));
  await malformed('role-with-capital', 'a role that cannot be a part name', edit(whole => { whole.forms[0].recipients[0].role = 'Ward'; }));

  const keysOnly = { typ: 'keys' };
  await file('keys-whole', 'none', 'accept', keysOnly);
  await file('keys-foreign', 'signed by a key that is not pinned', 'foreign', { ...keysOnly, signer: keys['foreign-publisher'] });
  await file('keys-expired', 'exp a second ago', 'expired', { ...keysOnly, now: keyFile.exp + 1 });
  await file('keys-of-a-catalogue', 'a catalogue offered as key file', 'malformed', {
    ...keysOnly, jws: await publish('catalogue', catalogue).then(text => () => text),
  });
  await file('keys-kid-of-another-key', 'a kid that is not the thumbprint of its key', 'malformed', {
    ...keysOnly, payload: { ...keyFile, office: { ...keyFile.office, keys: [{ ...keyFile.office.keys[0], kid: keys['00004'].kid }] } },
  });
}

async function statements(typ, whole, keyNames, dateMember) {
  const file = async (name, fault, verdict, { payload = whole, now = NOW, signer = keys[typ], named = signer, header = typ, jws = same } = {}) =>
    write(`${typ}s/${name}.json`, {
      name, fault, now, catalogue: 'city/catalogue.jws', jws: jws(await publish(header, payload, signer, named)), verdict,
    });
  const retired = keys[`${typ === 'receipt' ? 'relay' : 'ack'}-retired`];
  const own = keys[keyNames.own];
  const ofSize = characters => filled(namedHeader(typ, own.kid), characters)(json(whole));
  await file('whole', 'none', 'accept', { signer: own });
  await file('whole-of-4-KiB', 'none: the largest', 'accept', { signer: own, payload: ofSize(4096) });
  await file('of-another-role', `signed by a key for another purpose`, 'unknown-key', { signer: keys[keyNames.other] });
  await file('signed-by-another', 'names a key of the catalogue, but another signed', 'signature', { signer: keys.case, named: own });
  await file('typ-of-another', 'a signature for another purpose', 'malformed', { signer: own, header: keyNames.otherTyp });
  await file('extra-member', 'a member that the format does not know', 'malformed', { signer: own, payload: { ...whole, note: '' } });
  await file('duplicate-name', 'id twice', 'malformed', { signer: own, payload: json(whole).replace('"id"', `"id":"${whole.id}","id"`) });
  await file('version-2', 'v is 2', 'malformed', { signer: own, payload: { ...whole, v: 2 } });
  await file('not-compact', 'a word', 'malformed', { signer: own, jws: () => typ });
  await file('too-large', 'more than 4 KiB', 'malformed', { signer: own, payload: ofSize(4098) });
  await file('retired-key', 'the key was out of use by then', 'key-dates', { signer: retired });
  await file('retired-key-with-an-old-date', `a retired key, ${dateMember} in its time`, typ === 'receipt' ? 'accept' : 'key-dates',
    { signer: retired, payload: { ...whole, [dateMember]: ISSUED - 2 * DAY } });
}

export async function allStatements() {
  const { manifest } = twins;
  const { id, mode, form, agency } = JSON.parse(Buffer.from(manifest.split('.')[1], 'base64url'));
  const manifest_sha256 = await digestOf(manifest.slice(0, manifest.lastIndexOf('.')));
  await statements('receipt', { v: 1, id, mode, manifest_sha256, form, agency, received_at: NOW },
    { own: 'relay', other: 'ack', otherTyp: 'ack' }, 'received_at');
  await statements('ack', { v: 1, id, jkt: keys.case.kid, manifest_sha256, at: NOW },
    { own: 'ack', other: 'relay', otherTyp: 'receipt' }, 'at');
}
