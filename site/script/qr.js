/**
 * A text as a QR code (ISO/IEC 18004): bytes, level L, the smallest version that holds it. No DOM.
 */

/** By version from 1 on: bytes of correction in a block, and blocks. */
const CORRECTION = [7, 10, 15, 20, 26, 18, 20, 24, 30, 18, 20, 24, 26, 30, 22, 24, 28, 30, 28, 28, 28, 28, 30, 30, 26, 28, ...Array(14).fill(30)];
const BLOCKS = [1, 1, 1, 1, 1, 2, 2, 2, 2, 4, 4, 4, 4, 4, 6, 6, 6, 6, 7, 8, 8, 9, 9, 10, 12, 12, 12, 13, 14, 15, 16, 17, 18, 19, 19, 20, 21, 22, 24, 25];
const LEVEL_L = 1;
const BYTE_MODE = 4;
const PADDING = [0xec, 0x11];

const MASKS = /** @type {((x: number, y: number) => number)[]} */ ([
  (x, y) => (x + y) % 2,
  (x, y) => y % 2,
  (x) => x % 3,
  (x, y) => (x + y) % 3,
  (x, y) => (Math.floor(x / 3) + Math.floor(y / 2)) % 2,
  (x, y) => ((x * y) % 2) + ((x * y) % 3),
  (x, y) => (((x * y) % 2) + ((x * y) % 3)) % 2,
  (x, y) => (((x + y) % 2) + ((x * y) % 3)) % 2,
]);

/** Codewords of a version, data and correction together. */
const codewordsOf = (/** @type {number} */ version) => {
  const alignments = version > 1 ? Math.floor(version / 7) + 2 : 0;
  let modules = (16 * version + 128) * version + 64;
  if (alignments) modules -= (25 * alignments - 10) * alignments - 55;
  if (version > 6) modules -= 36;
  return Math.floor(modules / 8);
};

const dataBytesOf = (/** @type {number} */ version) => codewordsOf(version) - CORRECTION[version - 1] * BLOCKS[version - 1];

/** Product in GF(2⁸) over x⁸ + x⁴ + x³ + x² + 1. */
const times = (/** @type {number} */ one, /** @type {number} */ other) => {
  let product = 0;
  for (let bit = 7; bit >= 0; bit--) product = (product << 1) ^ ((product >> 7) * 0x11d) ^ (((other >> bit) & 1) * one);
  return product;
};

/** The coefficients of (x − 2⁰)(x − 2¹)…, without the first. */
const divisorOf = (/** @type {number} */ degree) => {
  const divisor = [...Array(degree - 1).fill(0), 1];
  for (let round = 0, root = 1; round < degree; round++, root = times(root, 2)) {
    for (let at = 0; at < degree; at++) divisor[at] = times(divisor[at], root) ^ (divisor[at + 1] ?? 0);
  }
  return divisor;
};

/** Reed–Solomon. @type {(data: number[], divisor: number[]) => number[]} */
const correctionOf = (data, divisor) => {
  let rest = divisor.map(() => 0);
  for (const byte of data) {
    const factor = byte ^ rest[0];
    rest = divisor.map((coefficient, at) => times(coefficient, factor) ^ (rest[at + 1] ?? 0));
  }
  return rest;
};

/** Mode, length, bytes, end, padding. @type {(bytes: Uint8Array, version: number) => number[]} */
const dataOf = (bytes, version) => {
  const size = dataBytesOf(version);
  const binary = (/** @type {number} */ value, /** @type {number} */ bits) => value.toString(2).padStart(bits, '0');
  const head = binary(BYTE_MODE, 4) + binary(bytes.length, version < 10 ? 8 : 16);
  const bits = head + Array.from(bytes, (byte) => binary(byte, 8)).join('') + '0000';
  const data = (bits.match(/.{1,8}/g) || []).slice(0, size).map((byte) => parseInt(byte.padEnd(8, '0'), 2));
  for (let at = 0; data.length < size; at++) data.push(PADDING[at % 2]);
  return data;
};

/** Data and correction of all blocks, interleaved. The last blocks have a byte of data more. @type {(data: number[], version: number) => number[]} */
const codewords = (data, version) => {
  const [count, degree] = [BLOCKS[version - 1], CORRECTION[version - 1]];
  const shortBlocks = count - (codewordsOf(version) % count);
  const length = Math.floor(data.length / count);
  const divisor = divisorOf(degree);
  let from = 0;
  const blocks = Array.from({ length: count }, (_, at) => data.slice(from, (from += length + (at < shortBlocks ? 0 : 1))));
  const corrections = blocks.map((block) => correctionOf(block, divisor));
  const woven = (/** @type {number[][]} */ rows, /** @type {number} */ columns) =>
    Array.from({ length: columns }, (_, at) => rows.map((row) => row[at])).flat().filter((byte) => byte !== undefined);
  return [...woven(blocks, length + 1), ...woven(corrections, degree)];
};

/** A value and what is left of it when it is divided, as BCH codes have it. */
const checked = (/** @type {number} */ value, /** @type {number} */ degree, /** @type {number} */ divisor) => {
  let rest = value;
  for (let bit = 0; bit < degree; bit++) rest = (rest << 1) ^ ((rest >> (degree - 1)) * divisor);
  return (value << degree) | rest;
};

const alignmentsOf = (/** @type {number} */ version, /** @type {number} */ size) => {
  if (version === 1) return [];
  const count = Math.floor(version / 7) + 2;
  const step = version === 32 ? 26 : Math.ceil((version * 4 + 4) / (count * 2 - 2)) * 2;
  return [6, ...Array.from({ length: count - 1 }, (_, at) => size - 7 - (count - 2 - at) * step)];
};

/** What stands in every code of a version; the rest is `undefined`. @type {(version: number) => (boolean | undefined)[][]} */
const frameOf = (version) => {
  const size = version * 4 + 17;
  const rows = Array.from({ length: size }, () => /** @type {(boolean | undefined)[]} */ (Array(size).fill(undefined)));
  const rings = (/** @type {number} */ x, /** @type {number} */ y, /** @type {number} */ reach, /** @type {number[]} */ light) => {
    for (let dy = -reach; dy <= reach; dy++) {
      for (let dx = -reach; dx <= reach; dx++) {
        if (rows[y + dy] && x + dx >= 0 && x + dx < size) rows[y + dy][x + dx] = !light.includes(Math.max(Math.abs(dx), Math.abs(dy)));
      }
    }
  };
  for (let at = 0; at < size; at++) rows[6][at] = rows[at][6] = at % 2 === 0;
  for (const [x, y] of [[3, 3], [size - 4, 3], [3, size - 4]]) rings(x, y, 4, [2, 4]);
  const alignments = alignmentsOf(version, size);
  const last = alignments.length - 1;
  alignments.forEach((x, column) =>
    alignments.forEach((y, row) => {
      const isFinder = (!column && (!row || row === last)) || (!row && column === last);
      if (!isFinder) rings(x, y, 2, [1]);
    }),
  );
  if (version > 6) {
    const bits = checked(version, 12, 0x1f25);
    for (let at = 0; at < 18; at++) {
      const [near, far] = [Math.floor(at / 3), size - 11 + (at % 3)];
      rows[near][far] = rows[far][near] = ((bits >> at) & 1) === 1;
    }
  }
  return rows;
};

/** Writes level and mask beside the finders. @type {(rows: (boolean | undefined)[][], mask: number) => void} */
const writeFormat = (rows, mask) => {
  const size = rows.length;
  const bits = checked((LEVEL_L << 3) | mask, 10, 0x537) ^ 0x5412;
  for (let at = 0; at < 15; at++) {
    const bit = ((bits >> at) & 1) === 1;
    if (at < 8) rows[at < 6 ? at : at + 1][8] = rows[8][size - 1 - at] = bit;
    else rows[8][at === 8 ? 7 : 14 - at] = rows[size - 15 + at][8] = bit;
  }
  rows[size - 8][8] = true;
};

/** The places of the data, two columns up, two columns down. @type {(frame: (boolean | undefined)[][]) => [x: number, y: number][]} */
const placesIn = (frame) => {
  const size = frame.length;
  /** @type {[number, number][]} */
  const places = [];
  for (let right = size - 1, isUp = true; right > 0; right -= 2, isUp = !isUp) {
    if (right === 6) right--;
    for (let at = 0; at < size; at++) {
      const y = isUp ? size - 1 - at : at;
      for (const x of [right, right - 1]) if (frame[y][x] === undefined) places.push([x, y]);
    }
  }
  return places;
};

/** How hard it is to read: runs, blocks, what looks like a finder, how far from half dark. */
const penaltyOf = (/** @type {boolean[][]} */ rows) => {
  const texts = (/** @type {boolean[][]} */ lines) => lines.map((line) => line.map(Number).join(''));
  const lines = [...texts(rows), ...texts(rows.map((_, at) => rows.map((row) => row[at])))];
  let penalty = 0;
  for (const line of lines) {
    for (const [run] of line.matchAll(/0{5,}|1{5,}/g)) penalty += run.length - 2;
    penalty += 40 * [...`0000${line}0000`.matchAll(/(?=00001011101|10111010000)/g)].length;
  }
  let dark = 0;
  rows.forEach((row, y) =>
    row.forEach((is, x) => {
      dark += Number(is);
      if (x && y && [rows[y - 1][x], row[x - 1], rows[y - 1][x - 1]].every((other) => other === is)) penalty += 3;
    }),
  );
  return penalty + 10 * Math.floor(Math.abs((dark / rows.length ** 2) * 100 - 50) / 5);
};

/** The code of a text, row by row, dark modules true; nothing when no code holds it. @type {(text: string) => boolean[][] | undefined} */
export const qrOf = (text) => {
  const bytes = new TextEncoder().encode(text);
  const version = BLOCKS.findIndex((_, at) => dataBytesOf(at + 1) >= bytes.length + (at < 9 ? 2 : 3)) + 1;
  if (!version) return undefined;
  const frame = frameOf(version);
  writeFormat(frame, 0);
  const places = placesIn(frame);
  const content = codewords(dataOf(bytes, version), version);
  const codes = MASKS.map((light, mask) => {
    const rows = frame.map((row) => [...row]);
    writeFormat(rows, mask);
    places.forEach(([x, y], at) => {
      const bit = (content[at >> 3] >> (7 - (at & 7))) & 1;
      rows[y][x] = (bit === 1) !== (light(x, y) === 0);
    });
    return /** @type {boolean[][]} */ (rows);
  });
  const penalties = codes.map(penaltyOf);
  return codes[penalties.indexOf(Math.min(...penalties))];
};
