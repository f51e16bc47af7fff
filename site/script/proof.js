/**
 * The proof that a manifest is in the relay's log, checked on this device: C2SP tlog-proof, tlog-checkpoint and
 * signed-note, RFC 6962. The format's home is `envelope/FORMAT.md`, section 13. No DOM, no network.
 */
import { isEd25519 } from './ed25519.js';
import { utf8 } from './seal.js';

const STEPS_MAX = 64;
const NOTE_BYTES_MAX = 65536;
const SIGNATURES_MAX = 16;
/** Ed25519 in signed-note. */
const SIGNATURE_TYPE = 1;

const PROOF = /^c2sp\.org\/tlog-proof@v1\nindex (0|[1-9]\d{0,19})\n((?:[^\n]+\n)*)\n([^]*)$/;
const CHECKPOINT = /^([^\n]+)\n(0|[1-9]\d{0,19})\n([^\n]+)\n$/;
const SIGNATURE = /^\u2014 ([^\s+]+) (\S+)$/;

/** @typedef {'malformed' | 'unknown-log' | 'not-signed' | 'not-included'} ProofFault */

/** Why a proof does not count. */
export class ProofFailed extends Error {
  /** @param {ProofFault} code */
  constructor(code) {
    super(code);
    this.code = code;
  }
}

/** @type {(code: ProofFault) => never} */
const fail = (code) => {
  throw new ProofFailed(code);
};

/** The bytes of padded base64 that has no second spelling. */
const decoded = (/** @type {string} */ text) => {
  let raw;
  try {
    raw = atob(text);
  } catch {
    return fail('malformed');
  }
  if (btoa(raw) !== text) fail('malformed');
  return Uint8Array.from(raw, (character) => character.charCodeAt(0));
};

/** The 32 bytes of a hash. */
const hashIn = (/** @type {string} */ text) => {
  const bytes = decoded(text);
  return bytes.length === 32 ? bytes : fail('malformed');
};

/** A count of 64 bits. */
const countIn = (/** @type {string} */ digits) => {
  const count = BigInt(digits);
  return count < 2n ** 64n ? count : fail('malformed');
};

const joined = (/** @type {(ArrayLike<number>)[]} */ ...parts) => new Uint8Array(parts.flatMap((part) => Array.from(part)));
const hash = async (/** @type {(ArrayLike<number>)[]} */ ...parts) => new Uint8Array(await crypto.subtle.digest('SHA-256', joined(...parts)));
const isSameBytes = (/** @type {Uint8Array} */ one, /** @type {Uint8Array} */ other) => one.length === other.length && one.every((byte, at) => byte === other[at]);

/** A signed note: its text, and who signed it. */
const readSignedNote = (/** @type {string} */ note) => {
  const cut = note.lastIndexOf('\n\n');
  if (cut < 0 || !note.endsWith('\n') || utf8(note).length > NOTE_BYTES_MAX || /[^\n\P{Cc}]/u.test(note)) fail('malformed');
  const lines = note.slice(cut + 2, -1).split('\n');
  const signatures = lines.map((line) => {
    const [, name, text] = SIGNATURE.exec(line) || fail('malformed');
    const bytes = decoded(text);
    return bytes.length > 4 ? { name, id: bytes.slice(0, 4), signature: bytes.slice(4) } : fail('malformed');
  });
  return signatures.length <= SIGNATURES_MAX ? { text: note.slice(0, cut + 1), signatures } : fail('malformed');
};

/** `name+id+key`, as the catalogue has it. */
const readLogKey = (/** @type {string} */ text) => {
  const [, name, key] = /^([^+]+)\+[0-9a-f]{8}\+(.+)$/.exec(text) || fail('unknown-log');
  return { name, bytes: decoded(key).slice(1) };
};

/** Whether the key of that log signed the note, once. @type {(note: ReturnType<typeof readSignedNote>, key: ReturnType<typeof readLogKey>) => Promise<boolean>} */
const isSigned = async ({ text, signatures }, { name, bytes }) => {
  const id = (await hash(utf8(`${name}\n`), [SIGNATURE_TYPE], bytes)).slice(0, 4);
  const its = signatures.filter((one) => one.name === name && isSameBytes(one.id, id));
  if (its.length !== 1) return false;
  return isEd25519(bytes, its[0].signature, utf8(text));
};

/** The root to which the steps lead from a leaf (RFC 9162, 2.1.3.2); nothing when they fit no tree of that size. @type {(leaf: Uint8Array, index: bigint, size: bigint, steps: Uint8Array[]) => Promise<Uint8Array | undefined>} */
const rootFrom = async (leaf, index, size, steps) => {
  if (index >= size) return undefined;
  let [at, last, root] = [index, size - 1n, leaf];
  for (const step of steps) {
    if (last === 0n) return undefined;
    if (at & 1n || at === last) {
      root = await hash([1], step, root);
      for (; at && !(at & 1n); at >>= 1n) last >>= 1n;
    } else root = await hash([1], root, step);
    at >>= 1n;
    last >>= 1n;
  }
  return last === 0n ? root : undefined;
};

/**
 * Where the manifest stands in which log, when the proof counts under one of the logs' keys; else `ProofFailed`.
 * @type {(proof: string, manifest: Uint8Array, logs: string[]) => Promise<{ log: string, index: bigint, size: bigint }>}
 */
export const checkProof = async (proof, manifest, logs) => {
  const [, digits, lines, signed] = PROOF.exec(proof) || fail('malformed');
  const index = countIn(digits);
  const steps = lines.split('\n').slice(0, -1).map(hashIn);
  if (steps.length > STEPS_MAX) fail('malformed');
  const note = readSignedNote(signed);
  const [, log, count, rootText] = CHECKPOINT.exec(note.text) || fail('malformed');
  const [size, root] = [countIn(count), hashIn(rootText)];
  const key = logs.map(readLogKey).find(({ name }) => name === log) || fail('unknown-log');
  if (!(await isSigned(note, key))) fail('not-signed');
  const found = await rootFrom(await hash([0], manifest), index, size, steps);
  return found && isSameBytes(found, root) ? { log, index, size } : fail('not-included');
};
