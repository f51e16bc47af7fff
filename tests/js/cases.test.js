// The page's checks against formdef's cases: the same definitions and answers, the same faults.
//
// CASES names a file that `cargo run -p formdef --example cases` wrote; without it the test runs that.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import { test } from 'node:test';
import { check } from '../../site/script/check.js';
import { functions, lenient } from '../../site/script/expr.js';
import { NEVER, pageForm } from './form.js';
import { kinds } from './pieces.js';

const ROOT = new URL('../../', import.meta.url);
const OUTPUT_BYTES_MAX = 64 * 1024 * 1024;

const printed = () =>
  process.env.CASES
    ? readFileSync(process.env.CASES, 'utf8')
    : execFileSync('cargo', ['run', '--quiet', '-p', 'formdef', '--example', 'cases'], { cwd: ROOT, encoding: 'utf8', maxBuffer: OUTPUT_BYTES_MAX });

const cases = JSON.parse(printed());

/** Faults as cases name them, in the same order. */
const named = (faults) => faults.map(({ field, rule, severity }) => ({ field, rule, severity }));

for (const { name, form, page, words, lists, answers, at, expect } of cases) {
  test(name, () => {
    const faults = check(pageForm(form, page), lists, answers, at);
    assert.deepEqual(named(faults), expect.filter(({ rule }) => !NEVER.has(rule)));
    for (const { rule, words: key, gaps } of faults) {
      assert.ok(words[key], `${rule} has words`);
      for (const [gap, bound] of words[key].matchAll(/\{(min|max|decimals)\}/g)) assert.notEqual(gaps[bound], undefined, `${rule}: ${gap}`);
    }
  });
}

const folders = (path) =>
  readdirSync(new URL(path, ROOT), { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith('_'))
    .map((entry) => entry.name);

test('every kind has cases, a component and a check', () => {
  const ofCases = folders('formdef/cases').filter((name) => !['expressions', 'lists', 'sections'].includes(name));
  const sorted = Object.keys(kinds).sort();
  assert.deepEqual(ofCases.sort(), sorted);
  assert.deepEqual(folders('site/components').sort(), sorted);
  const checked = new Set(cases.flatMap(({ form }) => form.sections.flatMap(({ fields }) => fields.map(({ kind }) => kind))));
  assert.deepEqual([...checked].sort(), sorted);
});

test('every operator and function that the script knows is in the cases', () => {
  const its = cases.filter(({ name }) => name.startsWith('expressions/'));
  const [compiled, shown] = [its.map(({ form }) => form), its.map(({ page }) => page)].map((forms) => JSON.stringify(forms));
  // A page has all codes of a list by its name only where it loads the list: expr.test.js.
  const names = [...Object.keys(lenient), ...Object.keys(functions)].filter((name) => name !== 'listed');
  for (const name of names) assert.ok(shown.includes(`["${name}"`), `${name} is in no case`);
  for (const name of ['!=', '<=', '>', '>=', 'd!=', 'd<=', 'd>', 'd>=', 'date']) assert.ok(compiled.includes(`["${name}"`), `${name} is in no case`);
});
