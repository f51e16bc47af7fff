/**
 * Ed25519 (RFC 8032) as far as checking a signature: the browsers of many telephones do not have it. Whatever comes in is public, so
 * nothing has to take the same time. No DOM.
 */

const FIELD = 2n ** 255n - 19n;
/** How many multiples the base point has. */
const ORDER = 2n ** 252n + 27742317777372353535851937790883648493n;

/** A point (x, y) as [X, Y, Z, T] with x = X/Z, y = Y/Z, xy = T/Z. @typedef {[bigint, bigint, bigint, bigint]} Point */

const reduced = (/** @type {bigint} */ value) => {
  const rest = value % FIELD;
  return rest < 0n ? rest + FIELD : rest;
};

const raised = (/** @type {bigint} */ base, /** @type {bigint} */ exponent) => {
  let result = 1n;
  for (; exponent; exponent >>= 1n) {
    if (exponent & 1n) result = reduced(result * base);
    base = reduced(base * base);
  }
  return result;
};

const inverse = (/** @type {bigint} */ value) => raised(value, FIELD - 2n);

/** Of −x² + y² = 1 + dx²y². */
const CURVE_D = reduced(-121665n * inverse(121666n));
const ROOT_OF_MINUS_ONE = raised(2n, (FIELD - 1n) / 4n);
/** @type {Point} */
const NEUTRAL = [0n, 1n, 1n, 0n];

/** RFC 8032, 5.1.4, right for any two points. @type {(one: Point, other: Point) => Point} */
const added = ([x1, y1, z1, t1], [x2, y2, z2, t2]) => {
  const a = reduced((y1 - x1) * (y2 - x2));
  const b = reduced((y1 + x1) * (y2 + x2));
  const c = reduced(2n * CURVE_D * t1 * t2);
  const d = reduced(2n * z1 * z2);
  return [reduced((b - a) * (d - c)), reduced((d + c) * (b + a)), reduced((d - c) * (d + c)), reduced((b - a) * (b + a))];
};

const multiple = (/** @type {bigint} */ times, /** @type {Point} */ point) => {
  let result = NEUTRAL;
  for (; times; times >>= 1n) {
    if (times & 1n) result = added(result, point);
    point = added(point, point);
  }
  return result;
};

/** A number from its bytes, the least first. */
const numberIn = (/** @type {Uint8Array} */ bytes) => bytes.reduceRight((number, byte) => (number << 8n) | BigInt(byte), 0n);

/** The point that is written so; nothing when there is none, or when it has another spelling. @type {(written: bigint) => Point | undefined} */
const pointIn = (written) => {
  const [y, isOdd] = [written & (2n ** 255n - 1n), written >> 255n];
  if (y >= FIELD) return undefined;
  const [u, v] = [reduced(y * y - 1n), reduced(CURVE_D * y * y + 1n)];
  const root = reduced(u * v ** 3n * raised(u * v ** 7n, (FIELD - 5n) / 8n));
  const square = reduced(v * root * root);
  if (square !== u && square !== reduced(-u)) return undefined;
  const x = square === u ? root : reduced(root * ROOT_OF_MINUS_ONE);
  if (x === 0n && isOdd) return undefined;
  const its = (x & 1n) === isOdd ? x : FIELD - x;
  return [its, y, 1n, reduced(its * y)];
};

/** How a point is written, as a number. @type {(point: Point) => bigint} */
const writtenAs = ([x, y, z]) => {
  const [affineX, affineY] = [x, y].map((coordinate) => reduced(coordinate * inverse(z)));
  return affineY | ((affineX & 1n) << 255n);
};

const BASE = /** @type {Point} */ (pointIn(reduced(4n * inverse(5n))));

/** Whether the key signed the message (5.1.7, without the cofactor). @type {(key: Uint8Array, signature: Uint8Array, message: Uint8Array) => Promise<boolean>} */
export const isEd25519 = async (key, signature, message) => {
  if (key.length !== 32 || signature.length !== 64) return false;
  const [r, s] = [signature.slice(0, 32), signature.slice(32)];
  const [point, times] = [pointIn(numberIn(key)), numberIn(s)];
  if (!point || times >= ORDER) return false;
  const hashed = new Uint8Array([...r, ...key, ...message]);
  const challenge = numberIn(new Uint8Array(await crypto.subtle.digest('SHA-512', hashed))) % ORDER;
  const [x, y, z, t] = point;
  return writtenAs(added(multiple(times, BASE), multiple(challenge, [FIELD - x, y, z, reduced(-t)]))) === numberIn(r);
};
