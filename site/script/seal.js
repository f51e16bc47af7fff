/**
 * Sealing and signing with WebCrypto alone: one JWE a reader, one signed manifest over their digests. The format's
 * home is `envelope/FORMAT.md`. No DOM, no network; time comes in.
 *
 * @import { Answers, Case, DatedKey, Jwk, PageData, Sealed } from './types'
 */

const { subtle } = globalThis.crypto || {};

const HASH = 'SHA-256';
const CURVE = 'P-256';
export const ECDSA = { name: 'ECDSA', namedCurve: CURVE, hash: HASH };
const ECDH = { name: 'ECDH', namedCurve: CURVE };

/** A manifest is taken for so long after it was signed. */
const VALID_SECONDS = 86400;

/** What a part is filled up to, so that its length tells little: 1, 4, 16 or 64 KiB. */
const PART_BYTES = [1024, 4096, 16384, 65536];

export const utf8 = (/** @type {string} */ text) => new TextEncoder().encode(text);
export const random = (/** @type {number} */ length) => crypto.getRandomValues(new Uint8Array(length));

/** Base64url of bytes, of a text, or of a value's JSON. @type {(data: unknown) => string} */
export const toBase64url = (data) => {
  const bytes = data instanceof ArrayBuffer ? new Uint8Array(data) : data instanceof Uint8Array ? data : utf8(JSON.stringify(data));
  const text = Array.from(bytes, (byte) => String.fromCharCode(byte)).join('');
  return btoa(text).replace(/\+/g, '-').replace(/\//g, '_').replace(/=/g, '');
};

const digestOf = async (/** @type {string} */ text) => new Uint8Array(await subtle.digest(HASH, utf8(text)));

/** The public members of a key, in the order of our headers. @type {(key: { x?: string, y?: string }) => Jwk} */
export const publicJwk = ({ x = '', y = '' }) => ({ kty: 'EC', crv: CURVE, x, y });

const jwkOf = async (/** @type {CryptoKeyPair} */ { publicKey }) => publicJwk(await subtle.exportKey('jwk', publicKey));

/** RFC 7638. */
export const thumbprint = async (/** @type {Jwk} */ { x, y }) => toBase64url(await digestOf(`{"crv":"${CURVE}","kty":"EC","x":"${x}","y":"${y}"}`));

export const newExchangeKeys = () => subtle.generateKey(ECDH, false, ['deriveBits']);

/** A text as compact JWE for one key: ECDH-ES with a key of its own, A256GCM. @type {(text: string, to: DatedKey) => Promise<string>} */
export const sealPart = async (text, { kid, jwk }) => {
  const own = await newExchangeKeys();
  const recipient = await subtle.importKey('jwk', publicJwk(jwk), ECDH, false, []);
  const shared = await subtle.deriveBits({ ...ECDH, public: recipient }, own.privateKey, 256);
  // RFC 7518, 4.6.2: one round; the length and name of the algorithm, two parties without a name, the key's bits.
  const derivation = [0, 0, 0, 1, ...new Uint8Array(shared), 0, 0, 0, 7, ...utf8('A256GCM'), 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0];
  const key = await subtle.importKey('raw', await subtle.digest(HASH, new Uint8Array(derivation)), 'AES-GCM', false, ['encrypt']);
  const header = toBase64url({ alg: 'ECDH-ES', enc: 'A256GCM', typ: 'motcua-part+jwe', kid, epk: await jwkOf(own) });
  const iv = random(12);
  const sealed = await subtle.encrypt({ name: 'AES-GCM', iv, additionalData: utf8(header) }, key, utf8(text));
  return [header, '', ...[iv, sealed.slice(0, -16), sealed.slice(-16)].map(toBase64url)].join('.');
};

/** The plaintext filled up with `pad`, the last member. */
const padded = (/** @type {object} */ content) => {
  const length = utf8(JSON.stringify({ ...content, pad: '' })).length;
  const size = PART_BYTES.find((bytes) => bytes >= length) || 0;
  return JSON.stringify({ ...content, pad: ' '.repeat(size - length) });
};

/**
 * A submission: for every reader the answers that it may see, sealed for it, and the manifest signed over all.
 * @param {Case} its
 * @param {{ data: PageData, mode: 'live' | 'trial', agency: string, now: number, parts: { n: string, key: DatedKey, answers: Answers, attachments: object[] }[], files: object[] }} what files: as the manifest names them
 * @returns {Promise<Sealed>}
 */
export const sealSubmission = async ({ id, keys, reply, follows }, { data: { ref: form, relay: aud }, mode, agency, now, parts, files }) => {
  const jwk = await jwkOf(keys);
  const about = { id, form, agency, aud, mode };
  const replyTo = { jwk: await jwkOf(reply.keys), secret: reply.secret };
  const jkt = await thumbprint(jwk);
  /** @type {Record<string, string>} */
  const sealed = {};
  const refs = [...files];
  for (const { n, key, answers, attachments } of parts) {
    const jwe = await sealPart(padded({ v: 1, sub: { ...about, jkt, n, at: now, ...follows }, answers, attachments, reply: replyTo }), key);
    sealed[n] = jwe;
    refs.push({ n, typ: 'jwe', kid: key.kid, len: jwe.length, sha256: toBase64url(await digestOf(jwe)) });
  }
  const exp = now + VALID_SECONDS;
  const input = [{ alg: 'ES256', typ: 'motcua-submission+jws', jwk }, { v: 1, ...about, iat: now, exp, parts: refs }].map(toBase64url).join('.');
  const signature = toBase64url(await subtle.sign(ECDSA, keys.privateKey, utf8(input)));
  const digest = await digestOf(input);
  return { id, exp, digest, manifest_sha256: toBase64url(digest), body: JSON.stringify({ manifest: `${input}.${signature}`, parts: sealed }) };
};
