// What is not spelt as the format says: bodies, the compact JWS, its header, its payload.

import { base64url, bytesOf, submissionHeader, withSignature } from './format.mjs';
import { NOW, keys } from './city.mjs';
import { DAY, filled, json, replace, same, vector } from './submission.mjs';

const bodyText = change => pieces => ({ body: change(json(pieces)) });
const bodyBytes = change => pieces => ({ body_base64url: base64url(change(Buffer.from(json(pieces)))) });

export async function bodies() {
  const malformed = (name, fault, change) => vector(name, fault, 'malformed', { body: bodyText(change) });
  await vector('body-too-large', 'one byte more than 384 KiB', 'too-large', { pad: 384 * 1024 + 1 });
  await malformed('body-empty', 'no body', () => '');
  await malformed('body-not-json', 'form fields instead of JSON', () => 'manifest=&parts=');
  await malformed('body-cut-off', 'the last character is missing', text => text.slice(0, -1));
  await malformed('body-trailing-text', 'a second text after the first', text => `${text} {}`);
  await malformed('body-not-an-object', 'an array', text => `[${text}]`);
  await malformed('body-bom', 'a byte order mark', text => `\ufeff${text}`);
  await vector('body-not-utf-8', 'a byte that is not UTF-8, in an ignorable place', 'malformed', {
    body: bodyBytes(bytes => Buffer.concat([Buffer.from('{"\xff":1,', 'latin1'), bytes.subarray(1)])),
  });
  await malformed('body-lone-surrogate', 'half of a surrogate pair in a part', replace('"parts":{', '"parts":{"x":"\\ud800",'));
  await malformed('body-duplicate-name', 'two manifests', text => text.replace('{', `{"manifest":"e30.e30.e30",`));
  await malformed('body-duplicate-part', 'two parts of one name', replace('"parts":{', '"parts":{"ward":"",'));
  await malformed('body-duplicate-name-escaped', 'the second of two names is written with an escape',
    text => text.replace(/}$/, ',"p\\u0061rts":{}}'));
  await malformed('body-extra-member', 'a member that the format does not know', text => text.replace('{', '{"note":"",'));
  await malformed('body-deep-nesting', '1,000 arrays inside each other', text => text.replace('{', `{"x":${'['.repeat(1000)}${']'.repeat(1000)},`));
  await malformed('body-manifest-missing', 'no manifest', text => json({ parts: JSON.parse(text).parts }));
  await malformed('body-parts-missing', 'no parts', text => json({ manifest: JSON.parse(text).manifest }));
  await malformed('body-manifest-null', 'the manifest is null', text => json({ ...JSON.parse(text), manifest: null }));
  await malformed('body-part-not-a-string', 'a part is an object', text => json({ ...JSON.parse(text), parts: { ward: {} } }));
}

export async function jwsSpelling() {
  const malformed = (name, fault, jws) => vector(name, fault, 'malformed', { jws });
  const piece = (index, change) => jws => jws.split('.').map((text, i) => i === index ? change(text) : text).join('.');
  // 64 bytes are 86 characters, of which the last has four spare bits.
  await malformed('base64-spare-bits', 'a spare bit of the last character of the signature is set',
    jws => jws.slice(0, -1) + { A: 'B', Q: 'R', g: 'h', w: 'x' }[jws.at(-1)]);
  await malformed('base64-padding', 'the signature ends in ==', jws => `${jws}==`);
  await malformed('base64-white-space', 'a line break inside the payload', piece(1, text => `${text.slice(0, 76)}\n${text.slice(76)}`));
  await malformed('base64-standard-alphabet', 'the signature with + and / for - and _',
    piece(2, () => Buffer.from(new Uint8Array(64).fill(0xfb)).toString('base64').replace(/=/g, '')));
  await malformed('jws-one-dot', 'no signature', jws => jws.slice(0, jws.lastIndexOf('.')));
  await malformed('jws-three-dots', 'a fourth piece', jws => `${jws}.AA`);
  await malformed('jws-signature-empty', 'an empty signature', piece(2, () => ''));
  await malformed('jws-of-json', 'JSON serialization instead of compact', jws => {
    const [header, payload, signature] = jws.split('.');
    return json({ protected: header, payload, signature });
  });
  await malformed('signature-63-bytes', 'a leading zero was dropped', jws => withSignature(jws, bytes => bytes.slice(1)));
  await malformed('signature-65-bytes', 'one byte too many', jws => withSignature(jws, bytes => [...bytes, 0]));
  await malformed('signature-der', 'r and s as ASN.1', jws => withSignature(jws, bytes => {
    const integer = half => half[0] < 128 ? [2, 32, ...half] : [2, 33, 0, ...half];
    const both = [...integer([...bytes.slice(0, 32)]), ...integer([...bytes.slice(32)])];
    return [0x30, both.length, ...both];
  }));
  await vector('manifest-too-large', 'more than 8 KiB', 'manifest-too-large', { payload: filled(submissionHeader(keys.case), 8194) });
}

export async function headers() {
  const bad = (name, fault, header) => vector(`header-${name}`, fault, 'header', { header });
  const member = (name, change) => text => json({ ...JSON.parse(text), [name]: change });
  const jwk = change => text => { const header = JSON.parse(text); return json({ ...header, jwk: change(header.jwk) }); };
  await bad('alg-none', 'alg none', member('alg', 'none'));
  await bad('alg-hs256', 'alg HS256', member('alg', 'HS256'));
  await bad('alg-small-letters', 'alg es256', member('alg', 'es256'));
  await bad('typ-of-a-receipt', 'a signature for another purpose', member('typ', 'motcua-receipt+jws'));
  await bad('typ-missing', 'no typ', text => { const { typ, ...rest } = JSON.parse(text); return json(rest); });
  await bad('extra-member', 'crit beside the three members', member('crit', ['exp']));
  await bad('jku', 'a URL to fetch the key from', member('jku', 'https://evil.example/keys'));
  await bad('kid-instead-of-jwk', 'a key name instead of the key',
    text => { const { jwk, ...rest } = JSON.parse(text); return json({ ...rest, kid: keys.case.kid }); });
  await bad('kid-beside-jwk', 'a path as kid', member('kid', '../../etc/passwd'));
  await bad('duplicate-name', 'alg twice', text => text.replace('{', '{"alg":"ES256",'));
  await bad('other-order', 'typ before alg', text => { const { alg, typ, jwk } = JSON.parse(text); return json({ typ, alg, jwk }); });
  await bad('white-space', 'a space after a colon', replace('"alg":', '"alg": '));
  await bad('escaped', 'a letter of alg as an escape', replace('ES256', '\\u0045S256'));
  await bad('trailing-text', 'a space after the end', text => `${text} `);
  await bad('not-json', 'a word', () => 'ES256');
  await bad('empty', 'nothing', () => '');
  await bad('not-utf-8', 'a byte that is not UTF-8', text => Buffer.concat([Buffer.from(text), Buffer.from([0xff])]));
  await bad('private-key', 'the private key is in the header', jwk(key => ({ ...key, d: keys.case.d })));
  await bad('curve-p-384', 'crv P-384', jwk(key => ({ ...key, crv: 'P-384' })));
  await bad('coordinate-31-bytes', 'x lacks its first byte', jwk(key => ({ ...key, x: base64url(bytesOf(key.x).slice(1)) })));
  await bad('coordinate-33-bytes', 'x has a zero in front', jwk(key => ({ ...key, x: base64url([0, ...bytesOf(key.x)]) })));
  await bad('coordinate-spare-bits', 'a spare bit of the last character of y is set', jwk(key => {
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
    return { ...key, y: key.y.slice(0, -1) + alphabet[alphabet.indexOf(key.y.at(-1)) + 1] };
  }));
}

export async function payloads() {
  const malformed = (name, fault, manifest, payload) => vector(name, fault, 'malformed', { manifest, payload });
  const member = (name, value) => manifest => ({ ...manifest, [name]: value });
  const form = change => manifest => ({ ...manifest, form: { ...manifest.form, ...change } });
  const part = change => manifest => ({ ...manifest, parts: manifest.parts.map((p, i) => i === 0 ? change(p) : p) });
  const text = change => [same, change];

  await malformed('payload-not-json', 'a word', ...text(() => 'manifest'));
  await malformed('payload-not-an-object', 'an array', ...text(json => `[${json}]`));
  await malformed('payload-bom', 'a byte order mark', ...text(json => `\ufeff${json}`));
  await malformed('payload-duplicate-name', 'agency twice', ...text(replace('"agency"', '"agency":"00004","agency"')));
  await malformed('payload-duplicate-name-in-part', 'kid twice', ...text(replace('"typ":"jwe"', `"typ":"jwe","kid":"${keys['00004'].kid}"`)));
  await malformed('payload-float', 'iat with a fraction', ...text(replace(`"iat":${NOW}`, `"iat":${NOW}.0`)));
  await malformed('payload-exponent', 'version as 2e0', ...text(replace('"version":2', '"version":2e0')));
  await malformed('payload-integer-too-large', 'exp beyond 2^53', member('exp', 2 ** 54));
  await malformed('payload-huge-number', 'exp of 1e999', ...text(replace(/"exp":\d+/.exec(`"exp":${NOW + DAY}`)[0], '"exp":1e999')));
  await malformed('payload-lone-surrogate', 'half of a surrogate pair in aud', ...text(replace('"aud":"', '"aud":"\\udc00')));
  await malformed('payload-deep-nesting', '17 arrays inside each other', member('aud', JSON.parse('['.repeat(17) + ']'.repeat(17))));
  await malformed('payload-extra-member', 'a member that the format does not know', member('note', ''));
  await malformed('payload-member-missing', 'no agency', ({ agency, ...rest }) => rest);
  await malformed('payload-version-missing', 'no v', ({ v, ...rest }) => rest);
  await malformed('payload-version-as-text', 'v is "1"', member('v', '1'));
  await malformed('payload-null', 'aud is null', member('aud', null));
  await malformed('payload-number-as-text', 'iat is a string', member('iat', String(NOW)));
  await malformed('id-15-bytes', 'an id one byte too short', member('id', base64url(new Uint8Array(15))));
  await malformed('id-spare-bits', 'a spare bit of the id is set', member('id', 'AAAAAAAAAAAAAAAAAAAAAB'));
  await malformed('agency-with-slash', 'a path as agency', member('agency', '../00001'));
  await malformed('agency-empty', 'no letter in agency', member('agency', ''));
  await malformed('agency-33-letters', 'an agency one letter too long', member('agency', 'a'.repeat(33)));
  await malformed('mode-unknown', 'a mode that the format does not know', member('mode', 'test'));
  await malformed('form-as-text', 'form is a string', member('form', 'one-office'));
  await malformed('form-id-with-dot', 'a path as form id', form({ id: '..' }));
  await malformed('form-id-65-letters', 'a form id one letter too long', form({ id: 'a'.repeat(65) }));
  await malformed('form-version-zero', 'version 0', form({ version: 0 }));
  await malformed('form-version-too-large', 'version 2^32', form({ version: 2 ** 32 }));
  await malformed('form-digest-short', 'a digest of 31 bytes', form({ sha256: base64url(new Uint8Array(31)) }));
  await malformed('form-extra-member', 'a member of form that the format does not know', form({ url: '' }));
  await malformed('exp-is-iat', 'no life at all', member('exp', NOW));
  await malformed('exp-before-iat', 'exp before iat', member('exp', NOW - 1));
  await malformed('exp-more-than-a-day', 'one second more than 24 h', member('exp', NOW + DAY + 1));
  await malformed('part-name-capital', 'a capital in a part name', part(p => ({ ...p, n: 'Ward' })));
  await malformed('part-name-empty', 'an empty part name', part(p => ({ ...p, n: '' })));
  await malformed('part-name-33-letters', 'a part name one letter too long', part(p => ({ ...p, n: 'a'.repeat(33) })));
  await malformed('part-name-twice', 'two parts of one name', m => ({ ...m, parts: [m.parts[0], ...m.parts] }));
  await malformed('part-type-unknown', 'a kind of part that the format does not know', part(p => ({ ...p, typ: 'zip' })));
  await malformed('part-type-missing', 'a part without typ', part(({ typ, ...p }) => p));
  await malformed('part-extra-member', 'a member of a part that the format does not know', part(p => ({ ...p, url: '' })));
  await malformed('part-length-negative', 'len -1', part(p => ({ ...p, len: -1 })));
  await malformed('part-kid-short', 'a kid of 31 bytes', part(p => ({ ...p, kid: base64url(new Uint8Array(31)) })));
  await malformed('attachment-too-short', 'shorter than any sealed attachment', m => ({ ...m, parts: [...m.parts, attachment('a1', 37)] }));
  await malformed('attachment-without-kc', 'no key commitment', m => {
    const { kc, ...rest } = attachment('a1', 38);
    return { ...m, parts: [...m.parts, rest] };
  });
  await malformed('parts-33', 'one part too many for any manifest',
    m => ({ ...m, parts: [...m.parts, ...Array.from({ length: 31 }, (_, i) => attachment(`a${i}`, 38))] }));
  await vector('payload-version-2', 'v is 2, and other members are there', 'version', { manifest: m => ({ ...m, v: 2, suite: 'new' }) });
  await vector('payload-version-0', 'v is 0', 'version', { manifest: m => ({ ...m, v: 0 }) });
}

/** An attachment of nobody's. */
export const attachment = (n, len) =>
  ({ typ: 'ece', n, len, pieces: base64url(new Uint8Array(32)), kc: base64url(new Uint8Array(32)) });
