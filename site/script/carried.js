/**
 * A draft as a file that a person carries to another device, sealed under a pass-phrase. The file's layout is in
 * `docs/draft-file.md`. No DOM, no network.
 */

/** How a file begins; another layout has another number. */
const FIRST_LINE = 'motcua draft 1\n';
const ANY_FIRST_LINE = /^motcua draft \d+\n/;
/** OWASP's Password Storage Cheat Sheet (2023) for PBKDF2-HMAC-SHA256. Another count is another layout. */
const ITERATIONS = 600_000;
const [SALT_BYTES, IV_BYTES, DIGEST_BYTES] = [16, 12, 32];
/** What is sealed is filled up to a multiple of this, so that its length tells little. */
const PAD_BYTES = 4096;
/** No sheet comes near it. */
export const DRAFT_FILE_BYTES_MAX = 1 << 20;

/** Why a file was not opened: `none` (no draft), `newer`, `damaged`, `phrase_wrong`. */
export class NotOpened extends Error {}

const bytesOfText = (/** @type {string} */ text) => new TextEncoder().encode(text);

/** One keyboard composes letters, another does not. @type {(phrase: string, salt: Uint8Array<ArrayBuffer>) => Promise<CryptoKey>} */
const keyOf = async (phrase, salt) => {
  const { subtle } = crypto;
  const secret = await subtle.importKey('raw', bytesOfText(phrase.normalize('NFC').trim()), 'PBKDF2', false, ['deriveKey']);
  return subtle.deriveKey({ name: 'PBKDF2', hash: 'SHA-256', salt, iterations: ITERATIONS }, secret, { name: 'AES-GCM', length: 256 }, false, ['encrypt', 'decrypt']);
};

const digestOfBytes = async (/** @type {Uint8Array<ArrayBuffer>} */ bytes) => new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));

/** The file. @type {(content: unknown, phrase: string) => Promise<Uint8Array<ArrayBuffer>>} */
export const toDraftFile = async (content, phrase) => {
  const [salt, iv] = [SALT_BYTES, IV_BYTES].map((length) => crypto.getRandomValues(new Uint8Array(length)));
  const head = new Uint8Array([...bytesOfText(FIRST_LINE), ...salt, ...iv]);
  const plain = bytesOfText(JSON.stringify(content));
  const padded = new Uint8Array(Math.ceil(plain.length / PAD_BYTES) * PAD_BYTES).fill(0x20);
  padded.set(plain);
  const sealed = await crypto.subtle.encrypt({ name: 'AES-GCM', iv, additionalData: head }, await keyOf(phrase, salt), padded);
  const body = new Uint8Array([...head, ...new Uint8Array(sealed)]);
  return new Uint8Array([...body, ...(await digestOfBytes(body))]);
};

/** What is in a file; else `NotOpened`. @type {(file: Uint8Array<ArrayBuffer>, phrase: string) => Promise<any>} */
export const fromDraftFile = async (file, phrase) => {
  const begins = new TextDecoder().decode(file.subarray(0, 32));
  if (!ANY_FIRST_LINE.test(begins)) throw new NotOpened('none');
  if (!begins.startsWith(FIRST_LINE)) throw new NotOpened('newer');
  const body = file.subarray(0, -DIGEST_BYTES);
  // Told apart from a wrong pass-phrase, which no digest could.
  if (`${await digestOfBytes(body)}` !== `${file.subarray(-DIGEST_BYTES)}`) throw new NotOpened('damaged');
  const [salt, iv, sealed] = [[0, SALT_BYTES], [SALT_BYTES, SALT_BYTES + IV_BYTES], [SALT_BYTES + IV_BYTES]].map(([from, to]) => body.slice(FIRST_LINE.length + from, to && FIRST_LINE.length + to));
  const additionalData = body.slice(0, FIRST_LINE.length + SALT_BYTES + IV_BYTES);
  const key = await keyOf(phrase, salt);
  const opened = await crypto.subtle.decrypt({ name: 'AES-GCM', iv, additionalData }, key, sealed).catch(() => {
    throw new NotOpened('phrase_wrong');
  });
  return JSON.parse(new TextDecoder().decode(opened));
};
