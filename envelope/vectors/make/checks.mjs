// What is well spelt and must not be believed or admitted: signatures, parts, the catalogue's checks.

import { GROUP_ORDER, base64url, bytes32, changeNumbers, digestOf, publicJwk, withSignature } from './format.mjs';
import { NOW, RELAY, catalogue, formRef, keys } from './city.mjs';
import { DAY, HOUR, json, same, vector } from './submission.mjs';
import { attachment } from './spelling.mjs';

export async function signatures() {
  const bad = (name, fault, jws, more = {}) => vector(name, fault, 'signature', { jws, ...more });
  const numbers = change => jws => withSignature(jws, changeNumbers(change));
  await bad('signature-bit-flipped', 'one bit of s', numbers((r, s) => [r, s ^ 1n]));
  await bad('signature-r-zero', 'r is 0', numbers((r, s) => [0n, s]));
  await bad('signature-s-zero', 's is 0', numbers((r, s) => [r, 0n]));
  await bad('signature-all-zero', 'r and s are 0', numbers(() => [0n, 0n]));
  await bad('signature-r-is-order', 'r is n', numbers((r, s) => [GROUP_ORDER, s]));
  await bad('signature-s-is-order', 's is n', numbers((r, s) => [r, GROUP_ORDER]));
  await bad('signature-of-another-text', 'the payload was changed after signing', jws => {
    const [header, payload, signature] = jws.split('.');
    const changed = Buffer.from(payload, 'base64url').toString().replace('"agency":"00001"', '"agency":"00004"');
    return `${header}.${base64url(changed)}.${signature}`;
  });
  const withJwk = change => header => { const h = JSON.parse(header); return json({ ...h, jwk: { ...h.jwk, ...change(h.jwk) } }); };
  await bad('signature-of-another-key', 'the header has another key than signed', same,
    { header: withJwk(() => publicJwk(keys['other-case'])) });
  await bad('key-off-curve', 'the point is not on the curve', same, { header: withJwk(key => ({ y: nextNumber(key.y) })) });
  await bad('key-at-infinity', 'both coordinates are 0', same,
    { header: withJwk(() => ({ x: base64url(bytes32(0n)), y: base64url(bytes32(0n)) })) });
}

/** The coordinate one higher. */
export const nextNumber = text => base64url(bytes32(BigInt(`0x${Buffer.from(text, 'base64url').toString('hex')}`) + 1n));

export async function parts() {
  const wrong = (name, fault, options) => vector(name, fault, 'parts', options);
  const three = { form: ['three-offices', 1] };
  const without = name => ({ [name]: gone, ...rest }) => rest;
  await wrong('part-missing', 'the manifest names a part that the body lacks', { parts: without('ward') });
  await wrong('part-extra', 'the body has a part that the manifest lacks', { parts: p => ({ ...p, police: p.ward }) });
  await wrong('part-renamed', 'the body names a part otherwise', { parts: ({ ward, ...p }) => ({ ...p, police: ward }) });
  await wrong('recipient-missing', 'no part for the insurance', { ...three, recipients: { ward: '00001', police: 'ca-001', recovery: 'recovery' } });
  await wrong('recipient-extra', 'a part for an office that the form does not name', { recipients: { ward: '00001', police: 'ca-001', recovery: 'recovery' } });
  await wrong('recipient-exchanged', 'police instead of insurance', { recipients: { police: 'ca-001', recovery: 'recovery' } });
  await wrong('recovery-missing', 'no part for the recovery key', { recipients: { ward: '00001' } });
  await wrong('parts-empty', 'no part at all', { recipients: {} });
  await wrong('attachment-to-a-form-without', 'the form takes no attachments', { manifest: m => ({ ...m, parts: [...m.parts, attachment('a1', 38)] }) });
  const digest = (name, fault, options) => vector(name, fault, 'part-digest', options);
  await digest('part-digest-differs', 'one character of a part was changed', {
    parts: ({ ward, ...p }) => ({ ward: ward.slice(0, -1) + (ward.at(-1) === 'A' ? 'Q' : 'A'), ...p }),
  });
  await digest('part-length-differs', 'a part lacks its last character', { parts: ({ ward, ...p }) => ({ ward: ward.slice(0, -1), ...p }) });
  await digest('parts-swapped', 'two parts of one length under each other\'s name', { parts: ({ ward, recovery }) => ({ ward: recovery, recovery: ward }) });
}

export async function admission() {
  const later = catalogue.exp + 1;
  await vector('catalogue-expired', 'the catalogue ended a second ago', 'catalogue',
    { now: later, at: later, manifest: m => ({ ...m, iat: later, exp: later + DAY }) });

  await vector('catalogue-last-second', 'none: the catalogue ends now', 'accept',
    { now: later - 1, at: later - 1, manifest: m => ({ ...m, iat: later - 1, exp: later }) });

  const dates = (name, fault, refusal, iat, exp) =>
    vector(name, fault, refusal, { manifest: m => ({ ...m, iat, exp }) });
  await dates('clock-two-days-ahead', 'iat in two days', 'clock', NOW + 2 * DAY, NOW + 3 * DAY);
  await dates('clock-two-days-behind', 'iat two days ago, and exp passed', 'clock', NOW - 2 * DAY, NOW - DAY);
  await dates('clock-more-than-ten-minutes-ahead', 'iat 601 s ahead', 'clock', NOW + 601, NOW + DAY);
  await dates('clock-more-than-ten-minutes-behind', 'iat 601 s behind', 'clock', NOW - 601, NOW + HOUR);
  await dates('clock-before-1970', 'iat of a computer without a battery', 'clock', -DAY, 0);
  await dates('exp-passed', 'exp a second ago', 'expired', NOW - 300, NOW - 1);

  const aud = (name, fault, value) => vector(name, fault, 'audience', { manifest: m => ({ ...m, aud: value }) });
  await aud('audience-another-relay', 'made for another relay', 'https://relay.other.example');
  await aud('audience-trailing-slash', 'not the origin by one character', `${RELAY}/`);
  await aud('audience-empty', 'made for nobody', '');

  const form = (name, fault, change) => vector(name, fault, 'form', { manifest: m => ({ ...m, form: { ...m.form, ...change } }) });
  await form('form-unknown', 'no such form', { id: 'no-such-form' });
  await form('form-unknown-version', 'a version that is not in the catalogue', { version: 1 });
  await form('form-unknown-digest', 'the digest of another text', { sha256: await digestOf('another form') });
  await form('form-digest-of-another-form', 'the digest of another published form', { sha256: (await formRef('three-offices', 1)).sha256 });

  await vector('form-not-open', 'opens in a second', 'form-closed', { form: ['opens-later', 1] });
  await vector('form-closed', 'closes now', 'form-closed', { form: ['withdrawn', 1] });
  await vector('form-replaced', 'a version that is taken no longer, from accept_until on', 'form-closed', { form: ['replaced', 1] });

  await vector('agency-unknown', 'no such office', 'agency', { manifest: m => ({ ...m, agency: '99999' }) });
  await vector('agency-of-another-kind', 'the form is for wards, the agency is a police office', 'agency',
    { agency: 'ca-001', recipients: { ward: '00001', recovery: 'recovery' } });
  await vector('agency-not-open', 'opens in a second', 'agency-closed', { agency: '00010', recipients: { ward: '00010-opens-later', recovery: 'recovery' } });
  await vector('agency-closed', 'closes now', 'agency-closed', { agency: '00013', recipients: { ward: '00013-closed', recovery: 'recovery' } });

  await vector('mode-live-by-trial-form', 'live, but the form is being tried out', 'mode', { form: ['trial-form', 1] });
  await vector('mode-live-to-trial-agency', 'live, but the agency is trying it out', 'mode', { agency: '00007', recipients: { ward: '00007-trial', recovery: 'recovery' } });
  await vector('mode-trial-where-live', 'a trial where both are live', 'mode', { mode: 'trial' });

  const key = (name, fault, ward, more = {}) => vector(name, fault, 'recipient-key', { recipients: { ward, recovery: 'recovery' }, ...more });
  await key('kid-of-nobody', 'a key that is not in the catalogue', 'of-nobody');
  await key('kid-of-another-office', 'the key of another ward', '00004');
  await key('kid-of-another-role', 'the key of a police office', 'ca-001');
  await key('kid-of-recovery', 'the recovery key for the ward', 'recovery');
  await key('kid-past-grace', 'a key 30 days and a second past its not_after', '00001-past-grace');
  await key('kid-not-yet', 'a key whose time begins in a second', '00001-next-year');
  await key('kid-of-an-office-for-recovery', 'the recovery part is sealed to the ward', '00001', { recipients: { ward: '00001', recovery: '00001' } });
  await key('kid-of-another-role-in-three', 'police and insurance exchanged', '00001', {
    form: ['three-offices', 1], recipients: { ward: '00001', police: 'bh-001', insurance: 'ca-001', recovery: 'recovery' },
  });
}
