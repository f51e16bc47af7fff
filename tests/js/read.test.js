// What was typed becomes an answer in canonical form.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { kinds } from './pieces.js';

/** Reads a kind from inputs by the part of their names. */
const read = (kind, inputs) => kinds[kind][1]((part = '') => inputs[part] || '', { id: 'x', kind });

test('telephone numbers', () => {
  for (const typed of ['0900 000 001', '+84 900.000.001', '84900000001', '090-0000-001', '+84 (0)900000001']) {
    assert.equal(read('phone', { '': typed }), '+84900000001', typed);
  }
});

test('dates from three boxes', () => {
  const date = (day, month, year) => read('partial-date', { '.day': day, '.month': month, '.year': year });
  assert.equal(date('25', '7', '2016'), '2016-07-25');
  assert.equal(date('', '5', '1989'), '1989-05');
  assert.equal(date('', '', '1984'), '1984');
  assert.equal(date('', '', ''), '');
  for (const wrong of [date('5', '', '1984'), date('5', '6', ''), date('a', '6', '2016')]) {
    assert.equal(kinds['partial-date'][0](wrong, {}, {}), 'date/partial', wrong);
  }
});

test('times', () => {
  assert.equal(read('time', { '.hour': '7', '.minute': '5' }), '07:05');
  assert.equal(read('time', { '.hour': '23' }), '23');
  assert.equal(kinds.time[0](read('time', { '.minute': '5' }), {}, {}), 'time');
});

test('names as typed, in single spaces', () => {
  assert.equal(read('person-name', { '': 'Y  Blăm Niê Kdăm' }), 'Y Blăm Niê Kdăm');
});

test('identity papers', () => {
  const paper = read('id-paper', { '.type': 'HC', '.number': 'b 1234567', '.issued_on.day': '1', '.issued_on.month': '2', '.issued_on.year': '2016' });
  assert.deepEqual(paper, { type: 'HC', number: 'B1234567', issued_on: '2016-02-01', issued_by: '' });
});

test('abroad a country stands in place of the province', () => {
  const abroad = { '.kind': 'TT', '.province': 'NN', '.detail': 'phố 3' };
  const place = (inputs) => Object.fromEntries(Object.entries(read('residence', inputs)).filter(([, part]) => part));
  assert.deepEqual(place({ ...abroad, '.country': 'LA' }), { kind: 'TT', country: 'LA', detail: 'phố 3' });
  assert.deepEqual(place(abroad), { kind: 'TT', country: '-', detail: 'phố 3' }, 'none chosen yet');
  const home = { '.kind': 'TT', '.province': '01', '.ward': '00043', '.detail': 'tổ 3' };
  assert.deepEqual(place(home), { kind: 'TT', province: '01', ward: '00043', detail: 'tổ 3' });
});

test('yes, no, nothing', () => {
  assert.equal(read('yes-no', { '': 'true' }), true);
  assert.equal(read('yes-no', { '': 'false' }), false);
  assert.equal(read('yes-no', {}), '');
  assert.equal(read('declaration', { '': 'true' }), true);
  assert.equal(read('declaration', {}), '');
  assert.equal(read('integer', { '': '3' }), 3);
  assert.equal(read('integer', { '': 'ba' }), 'ba');
});
