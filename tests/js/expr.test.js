// Expressions over answers: what is known, what stays unknown.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { answerOf, evaluate } from '../../site/script/expr.js';
import '../../site/script/functions/arithmetic.js';
import '../../site/script/functions/copied.js';
import '../../site/script/functions/same_name.js';

const answers = { name: 'Y Blăm Niê Kdăm', born: '1984', day: '2012-02-29', residence: { kind: 'TT', ward: '00043' } };
const scope = { get: (id) => answers[id], today: '2016-08-10', lists: {} };
const value = (tree) => evaluate(tree, scope);
const UNKNOWN = ['get', 'nothing'];

test('an unknown operand makes the result unknown', () => {
  for (const op of ['==', '<', 'd==', 'd<', '+', 'starts_with', 'same_name', 'in', 'listed']) assert.equal(value([op, UNKNOWN, 'a']), undefined, op);
  assert.equal(value(['!', UNKNOWN]), undefined);
  assert.equal(value(['?', UNKNOWN, 1, 2]), undefined);
});

test('what decides decides', () => {
  assert.equal(value(['&&', UNKNOWN, false]), false);
  assert.equal(value(['||', UNKNOWN, true]), true);
  assert.equal(value(['&&', UNKNOWN, true]), undefined);
  assert.equal(value(['||', UNKNOWN, false, true]), true);
  assert.equal(value(['has', UNKNOWN]), false);
});

test('one of several, one of a list', () => {
  assert.equal(value(['in', 'b', 'a', 'b']), true);
  assert.equal(value(['in', 'c', 'a', 'b']), false);
  const lists = { sexes: { items: [{ code: '1' }, { code: '2' }] } };
  assert.equal(evaluate(['listed', '2', 'sexes'], { ...scope, lists }), true);
  assert.equal(evaluate(['listed', '3', 'sexes'], { ...scope, lists }), false);
  assert.equal(value(['listed', '3', 'sexes']), true, 'a list that is not there knows every code');
});

test('parts of an answer', () => {
  assert.equal(value(['get', 'residence', 'ward']), '00043');
  assert.equal(value(['get', 'residence', 'unit']), undefined);
  assert.equal(value(['get', 'nothing', 'ward']), undefined);
});

test('a comparison of inexact dates is true or false only when every day says so', () => {
  assert.equal(value(['d<', ['get', 'born'], '1985-01-01']), true);
  assert.equal(value(['d<', ['get', 'born'], '1984-06-01']), undefined);
  assert.equal(value(['!', ['d<', ['get', 'born'], '1984-01-01']]), true);
  assert.equal(value(['d==', ['get', 'born'], ['get', 'born']]), undefined);
  assert.equal(value(['!', ['d==', ['get', 'born'], '1990-01-01']]), true);
  assert.equal(value(['!', ['d<', ['today'], ['plus_years', ['get', 'born'], 18]]]), true);
  assert.equal(value(['year', ['get', 'born']]), 1984);
});

test('29 February counts years to 28 February', () => {
  assert.equal(value(['plus_years', ['get', 'day'], 6]), '2018-02-28');
  assert.equal(value(['plus_days', ['get', 'day'], 1]), '2012-03-01');
});

test('a worked-out date that is no one day is no answer', () => {
  assert.equal(answerOf(['plus_days', ['get', 'born'], 1], scope), undefined);
  assert.deepEqual(answerOf(['map', 'a', ['plus_days', ['get', 'born'], 1], 'b', 1, 'c', UNKNOWN], scope), { b: 1 });
  assert.equal(answerOf(['map', 'c', UNKNOWN], scope), undefined);
});

test('dates in words', () => {
  const words = (date) => value(['words', date]);
  assert.equal(words('2016-07-25'), 'ngày hai mươi lăm, tháng bảy, năm hai nghìn không trăm mười sáu');
  assert.equal(words('2004-04-21'), 'ngày hai mươi mốt, tháng tư, năm hai nghìn không trăm linh bốn');
  assert.equal(words('1990-10'), 'tháng mười, năm một nghìn chín trăm chín mươi');
  assert.equal(words('2000'), 'năm hai nghìn');
});
