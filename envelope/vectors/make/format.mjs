// The format a second time, in another language: what FORMAT.md says, by WebCrypto alone.
// Every function takes the place where a fault can be put in.

const { subtle } = crypto;
const utf8 = new TextEncoder();

/** Order of the P-256 group: a signature's r and s lie in [1, n − 1]. */
export const GROUP_ORDER = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;

/** The sizes of a part's plaintext. */
export const PLAINTEXT_BYTES = [1024, 4096, 16384, 65536];

export const base64url = bytes => Buffer.from(bytes).toString('base64url');
export const bytesOf = text => new Uint8Array(Buffer.from(text, 'base64url'));
export const sha256 = async bytes =>
  new Uint8Array(await subtle.digest('SHA-256', typeof bytes === 'string' ? utf8.encode(bytes) : bytes));
export const digestOf = async bytes => base64url(await sha256(bytes));

/** A fresh key pair as a private JWK with its thumbprint. */
export async function newKey() {
  const pair = await subtle.generateKey({ name: 'ECDH', namedCurve: 'P-256' }, true, ['deriveBits']);
  const { x, y, d } = await subtle.exportKey('jwk', pair.privateKey);
  return { kty: 'EC', crv: 'P-256', x, y, d, kid: await thumbprint({ x, y }) };
}

/** The public half, with exactly the members of the format in their order. */
export const publicJwk = ({ x, y }) => ({ kty: 'EC', crv: 'P-256', x, y });

/** RFC 7638. */
export const thumbprint = ({ x, y }) => digestOf(JSON.stringify({ crv: 'P-256', kty: 'EC', x, y }));

export const submissionHeader = key =>
  JSON.stringify({ alg: 'ES256', typ: 'motcua-submission+jws', jwk: publicJwk(key) });
export const namedHeader = (typ, kid) => JSON.stringify({ alg: 'ES256', typ: `motcua-${typ}+jws`, kid });

/** A compact JWS over these exact texts. */
export async function sign(header, payload, key) {
  const signingInput = `${base64url(header)}.${base64url(payload)}`;
  const { kty, crv, x, y, d } = key;
  const privateKey = await subtle.importKey('jwk', { kty, crv, x, y, d },
    { name: 'ECDSA', namedCurve: 'P-256' }, false, ['sign']);
  const signature = await subtle.sign({ name: 'ECDSA', hash: 'SHA-256' }, privateKey, utf8.encode(signingInput));
  return `${signingInput}.${base64url(signature)}`;
}

/** The JWS with other signature bytes. */
export function withSignature(jws, change) {
  const at = jws.lastIndexOf('.') + 1;
  return jws.slice(0, at) + base64url(change(bytesOf(jws.slice(at))));
}

const numberOf = bytes => BigInt(`0x${Buffer.from(bytes).toString('hex')}`);
export const bytes32 = number => Buffer.from(number.toString(16).padStart(64, '0'), 'hex');
/** Two halves of 32 bytes, changed as numbers. */
export const changeNumbers = change => bytes =>
  Buffer.concat(change(numberOf(bytes.slice(0, 32)), numberOf(bytes.slice(32))).map(bytes32));

/** Concat KDF of RFC 7518 §4.6 with `alg` ECDH-ES, `enc` A256GCM, no apu, no apv: one round of SHA-256. */
async function contentKey(sharedSecret) {
  const word = number => [0, 0, number >> 8, number & 255];
  const algorithm = [...utf8.encode('A256GCM')];
  return sha256(Uint8Array.from([
    ...word(1), ...sharedSecret, ...word(algorithm.length), ...algorithm, ...word(0), ...word(0), ...word(256),
  ]));
}

/**
 * Seals a text to `recipient` as a compact JWE.
 * Places for faults: `header` changes the header's text, `ivBytes`, `tagBytes` cut, `pieces` changes the five pieces.
 */
export async function seal(plaintext, recipient, fault = {}) {
  const ecdh = { name: 'ECDH', namedCurve: 'P-256' };
  const ephemeral = await subtle.generateKey(ecdh, true, ['deriveBits']);
  const epk = publicJwk(await subtle.exportKey('jwk', ephemeral.publicKey));
  const kid = await thumbprint(recipient);
  const header = (fault.header ?? (text => text))(
    JSON.stringify({ alg: 'ECDH-ES', enc: 'A256GCM', typ: 'motcua-part+jwe', kid, epk }));
  const theirs = await subtle.importKey('jwk', publicJwk(recipient), ecdh, false, []);
  const secret = await subtle.deriveBits({ name: 'ECDH', public: theirs }, ephemeral.privateKey, 256);
  const key = await subtle.importKey('raw', await contentKey(new Uint8Array(secret)), 'AES-GCM', false, ['encrypt']);
  const iv = crypto.getRandomValues(new Uint8Array(fault.ivBytes ?? 12));
  const sealed = new Uint8Array(await subtle.encrypt(
    { name: 'AES-GCM', iv, additionalData: utf8.encode(base64url(header)) }, key, utf8.encode(plaintext)));
  const ciphertext = sealed.slice(0, -16);
  const tag = sealed.slice(-16, sealed.length - 16 + (fault.tagBytes ?? 16));
  const pieces = [base64url(header), '', base64url(iv), base64url(ciphertext), base64url(tag)];
  return (fault.pieces ?? (same => same))(pieces).join('.');
}

/** The plaintext as JSON, filled up by `pad` to the next size (or to `size`). */
export function padded(plain, size) {
  const bare = utf8.encode(JSON.stringify({ ...plain, pad: '' })).length;
  const full = size ?? PLAINTEXT_BYTES.find(bytes => bytes >= bare);
  return JSON.stringify({ ...plain, pad: ' '.repeat(full - bare) });
}
