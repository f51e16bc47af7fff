// A draft's file, opened by another implementation (node's own `crypto`), and what is said of one that cannot be opened.
import assert from 'node:assert/strict';
import { createDecipheriv, createHash, pbkdf2Sync } from 'node:crypto';
import { test } from 'node:test';
import { fromDraftFile, toDraftFile } from '../../site/script/carried.js';

const PHRASE = 'bốn từ không liên quan';
const content = { form: 'khai-sinh', title: 'Đăng ký khai sinh', typing: { values: [['child.full_name', 'H’ƯƠM NIÊ KDĂM', 'Họ tên']], entries: [] } };
const file = await toDraftFile(content, PHRASE);
const why = (bytes, phrase = PHRASE) => fromDraftFile(bytes, phrase).then(() => 'opened', ({ message }) => message);
const changed = (index) => file.map((byte, at) => (at === index ? byte ^ 1 : byte));

test('the layout of docs/draft-file.md', () => {
  const bytes = Buffer.from(file);
  assert.equal(bytes.subarray(0, 15).toString(), 'motcua draft 1\n');
  const [head, sealed, tag, digest] = [bytes.subarray(0, 43), bytes.subarray(43, -48), bytes.subarray(-48, -32), bytes.subarray(-32)];
  assert.deepEqual(createHash('sha256').update(bytes.subarray(0, -32)).digest(), digest);
  const key = pbkdf2Sync(PHRASE.normalize('NFC'), head.subarray(15, 31), 600_000, 32, 'sha256');
  const cipher = createDecipheriv('aes-256-gcm', key, head.subarray(31)).setAAD(head).setAuthTag(tag);
  const plain = Buffer.concat([cipher.update(sealed), cipher.final()]);
  assert.equal(plain.length, 4096);
  assert.deepEqual(JSON.parse(plain), content);
});

test('it opens with its pass-phrase, however the letters are composed', async () => {
  assert.deepEqual(await fromDraftFile(file, PHRASE), content);
  assert.deepEqual(await fromDraftFile(file, ` ${PHRASE.normalize('NFD')} `), content);
});

test('every other file has its own word', async () => {
  assert.equal(await why(file, 'bốn từ rất liên quan'), 'phrase_wrong');
  // A byte of each of salt, iv, sealed content, tag and digest; and a part missing.
  for (const index of [15, 31, 43, file.length - 48, file.length - 1]) assert.equal(await why(changed(index)), 'damaged', `${index}`);
  for (const length of [20, 43, 100, file.length - 1]) assert.equal(await why(file.slice(0, length)), 'damaged', `${length}`);
  assert.equal(await why(new Uint8Array([...new TextEncoder().encode('motcua draft 2\n'), ...file.subarray(15)])), 'newer');
  for (const other of ['', 'motcua draft', '%PDF-1.7\n']) assert.equal(await why(new TextEncoder().encode(other)), 'none', other);
});

test('nothing can be told from two files of one draft', async () => {
  const again = await toDraftFile(content, PHRASE);
  assert.equal(again.length, file.length);
  assert.notDeepEqual(again.subarray(15, 60), file.subarray(15, 60));
});
