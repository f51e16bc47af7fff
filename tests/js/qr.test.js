// QR codes of every size, read by another's decoder (`jsqr`).
import assert from 'node:assert/strict';
import { test } from 'node:test';
import jsqr from 'jsqr';
import { qrOf } from '../../site/script/qr.js';

const SCALE = 3;
const QUIET = 4;

/** What the decoder reads in a picture of the code. */
const read = (rows) => {
  const side = (rows.length + 2 * QUIET) * SCALE;
  const pixels = new Uint8ClampedArray(side * side * 4).fill(255);
  rows.forEach((row, y) =>
    row.forEach((isDark, x) => {
      if (!isDark) return;
      for (let dy = 0; dy < SCALE; dy++) {
        const start = (((y + QUIET) * SCALE + dy) * side + (x + QUIET) * SCALE) * 4;
        for (let at = 0; at < SCALE * 4; at++) if (at % 4 < 3) pixels[start + at] = 0;
      }
    }),
  );
  return jsqr(pixels, side, side);
};

/** Bytes that the versions hold at level L (ISO/IEC 18004, table 7). */
const CAPACITY = [17, 32, 53, 78, 106, 134, 154, 192, 230, 271, 321, 367, 425, 458, 520, 586, 644, 718, 792, 858, 929, 1003, 1091, 1171, 1273, 1367, 1465, 1528, 1628, 1732, 1840, 1952, 2068, 2188, 2303, 2431, 2563, 2699, 2809, 2953];

const textOf = (length) => Array.from({ length }, (_, at) => 'eyJhbGciOiJFUzI1NiJ9-_.'[(at * 7 + length) % 23]).join('');

for (const version of [1, 2, 6, 7, 9, 10, 14, 17, 20, 26, 32, 40]) {
  test(`version ${version}, filled to its last byte, is read`, () => {
    const text = textOf(CAPACITY[version - 1]);
    const rows = qrOf(text);
    assert.equal(rows.length, version * 4 + 17);
    const found = read(rows);
    assert.equal(found?.data, text);
    assert.equal(found.version, version);
  });
}

test('one byte more takes the next version; what none holds has no code', () => {
  CAPACITY.slice(0, -1).forEach((bytes, at) => assert.equal(qrOf(textOf(bytes + 1)).length, (at + 2) * 4 + 17));
  assert.equal(qrOf(textOf(2954)), undefined);
});

test('Vietnamese and nothing', () => {
  for (const text of ['Hồ sơ 7QX2M-4ZK9P', '']) assert.equal(read(qrOf(text))?.data ?? '', text);
});
