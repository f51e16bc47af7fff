// What is taken away of a picture, and that nothing else is.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bare } from '../../site/script/bare.js';

const text = (words) => Buffer.from(words, 'latin1');
const u16 = (value) => Buffer.from([value >> 8, value & 255]);
const u32 = (value) => Buffer.from([value >>> 24, (value >> 16) & 255, (value >> 8) & 255, value & 255]);
const join = (...parts) => Buffer.concat(parts);

const segment = (marker, content) => join(u16(marker), u16(content.length + 2), content);
const [SOI, EOI] = [u16(0xffd8), u16(0xffd9)];
const JFIF = segment(0xffe0, text('JFIF\0\x01\x01\0\0\x01\0\x01\0\0'));
const PROFILE = segment(0xffe2, text('ICC_PROFILE\0\x01\x01colours'));
const ADOBE = segment(0xffee, text('Adobe\0\x64\0\0\0\0\0'));
const TABLE = segment(0xffdb, Buffer.alloc(65, 3));
// Stuffed bytes and restarts are data, filling bytes too.
const SCAN = join(segment(0xffda, Buffer.alloc(10, 1)), Buffer.from([1, 0xff, 0, 2, 0xff, 0xd3, 3, 0xff]));
const PROGRESSIVE = join(segment(0xffc4, Buffer.alloc(20, 4)), segment(0xffda, Buffer.alloc(10, 2)), Buffer.from([9, 0xff, 0, 9]));

const exif = (side, isLittle) => {
  const swap = (bytes) => (isLittle ? Buffer.from(bytes).reverse() : bytes);
  const entry = (tag, value) => join(swap(u16(tag)), swap(u16(3)), swap(u32(1)), swap(u16(value)), u16(0));
  const entries = join(swap(u16(2)), entry(0x10f, 7), entry(0x112, side), u32(0));
  return segment(0xffe1, join(text('Exif\0\0'), text(isLittle ? 'II*\0' : 'MM\0*'), swap(u32(8)), entries, text('GPS 21.0285 N')));
};
const upright = (side) => segment(0xffe1, join(text('Exif\0\0MM\0*'), u32(8), u16(1), u16(0x112), u16(3), u32(1), u16(side), u16(0), u32(0)));
const NOTES = [segment(0xffe1, text('http://ns.adobe.com/xap/1.0/\0<x:xmpmeta/>')), segment(0xffe2, text('MPF\0II*\0')), segment(0xffed, text('Photoshop 3.0\0')), segment(0xfffe, text('at home'))];

const made = async (bytes, type) => Buffer.from(await (await bare(new Blob([bytes], { type }), type)).arrayBuffer());

for (const isLittle of [true, false]) {
  for (const side of [1, 3, 6, 8]) {
    test(`a photograph keeps its picture, its colours and side ${side} (${isLittle ? 'II' : 'MM'})`, async () => {
      const photograph = join(SOI, exif(side, isLittle), JFIF, ...NOTES, PROFILE, ADOBE, TABLE, SCAN, PROGRESSIVE, EOI, text('a film of the moment'));
      const kept = join(SOI, side > 1 ? upright(side) : text(''), JFIF, PROFILE, ADOBE, TABLE, SCAN, PROGRESSIVE, EOI);
      assert.deepEqual(await made(photograph, 'image/jpeg'), kept);
    });
  }
}

const chunk = (type, content) => join(u32(content.length), text(type), content, Buffer.alloc(4, 5));
const PNG = text('\x89PNG\r\n\x1a\n');

test('a PNG keeps all but words, times and Exif', async () => {
  const [head, data, end] = [chunk('IHDR', Buffer.alloc(13)), chunk('IDAT', Buffer.alloc(50, 6)), chunk('IEND', text(''))];
  const notes = ['tEXt', 'zTXt', 'iTXt', 'eXIf', 'tIME'].map((type) => chunk(type, text('where it was')));
  const other = chunk('gAMA', u32(45455));
  assert.deepEqual(await made(join(PNG, head, ...notes, other, data, end, text('more')), 'image/png'), join(PNG, head, other, data, end));
});

test('a WebP keeps all but Exif and XMP, and says so', async () => {
  const le = (value) => u32(value).reverse();
  const riff = (type, content) => join(text(type), le(content.length), content, Buffer.alloc(content.length & 1));
  const whole = (...chunks) => join(text('RIFF'), le(chunks.reduce((sum, { length }) => sum + length, 4)), text('WEBP'), ...chunks);
  const head = (flags) => riff('VP8X', join(Buffer.from([flags]), Buffer.alloc(9)));
  const picture = riff('VP8 ', Buffer.alloc(33, 8));
  assert.deepEqual(await made(whole(head(0x1c), picture, riff('EXIF', text('place')), riff('XMP ', text('time'))), 'image/webp'), whole(head(0x10), picture));
});

test('what is not seen through is not called bare', async () => {
  const seenThrough = async (bytes, type) => !!(await bare(new Blob([bytes], { type }), type));
  const photograph = join(SOI, exif(6, true), TABLE, SCAN, EOI);
  const broken = [photograph.subarray(0, 30), photograph.subarray(0, photograph.length - 2), join(SOI, Buffer.alloc(100, 9)), SOI];
  for (const bytes of broken) assert.equal(await seenThrough(bytes, 'image/jpeg'), false);
  for (const bytes of [join(PNG, chunk('tEXt', text('a'))), join(PNG, u32(1 << 30), text('IDAT'))]) assert.equal(await seenThrough(bytes, 'image/png'), false);
  for (const type of ['application/pdf', 'image/heic']) assert.equal(await seenThrough(join(text('%PDF-1.7\n'), exif(6, true)), type), false);
  assert.deepEqual(await made(join(SOI, TABLE, SCAN, EOI), 'image/jpeg'), join(SOI, TABLE, SCAN, EOI));
});
