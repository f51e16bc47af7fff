// The page's checks against Rust's, over definitions and answers that nobody wrote: `formdef/examples/pairs` makes them,
// asks what the script says, and compares.
//
// PAIRS says how many (the long form: 100000), SEED which ones. `docs/figures.md` has what the long form last gave.
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { test } from 'node:test';
import { check, judge } from '../../site/script/check.js';
import { fillGaps } from '../../site/script/page.js';
import { pageForm } from './form.js';
import { kinds } from './pieces.js';

const ROOT = new URL('../../', import.meta.url);
const PAIRS = Number(process.env.PAIRS ?? 3000);
const SEED = process.env.SEED ?? '1';
/** Pairs that are enough to find a planted slip. */
const PAIRS_OF_A_SLIP = 5000;

const EXAMPLE = ['-p', 'formdef', '--example', 'pairs'];
execFileSync('cargo', ['build', '--quiet', ...EXAMPLE], { cwd: ROOT, stdio: 'inherit' });

/** The same; a script that stops says why. */
const said = (line, form, pair) => {
  try {
    return judged(line, form, pair);
  } catch (failure) {
    return { filled: {}, faults: String(failure.stack) };
  }
};

/** What the script says of one pair: the computed values it is asked for, and the faults of the answers with them. */
const judged = ({ lists, words, questions }, form, { answers, at, fill }) => {
  const filled = {};
  for (const id of fill) {
    const { isShown, valueOf } = judge(form, lists, { ...answers, ...filled }, at);
    const { value } = form.fields.find((field) => field.id === id);
    const worked = isShown(id) ? valueOf(value) : undefined;
    if (worked !== undefined) filled[id] = worked;
  }
  const faults = check(form, lists, { ...answers, ...filled }, at);
  return { filled, faults: faults.map((fault) => told(words, questions, fault)) };
};

/** A fault as Rust tells it: with the question in its words; a page has none for files, as it takes none yet. */
const told = (words, questions, { field, rule, severity, words: key, gaps }) => {
  const { kind, label } = questions[rule === 'distinct' ? field.split('[')[0] : field.replace(/\[\d+\]/, '')];
  const message = kind === 'attachment' ? null : fillGaps(words[key], { ...gaps, label: label.vi });
  return { field, rule, severity, message };
};

/** The questions by their ids, those of a group's members as `group.member`. */
const questionsOf = ({ sections }) => {
  const fields = sections.flatMap((section) => section.fields);
  const members = fields.flatMap(({ id, fields = [] }) => fields.map((member) => [`${id}.${member.id}`, member]));
  return Object.fromEntries([...fields.map((field) => [field.id, field]), ...members]);
};

/** Compares so many pairs; what Rust saw, and the kinds that were asked. @returns {Promise<any>} */
const compare = async (pairs, slip = (page) => page) => {
  const made = spawn('cargo', ['run', '--quiet', ...EXAMPLE, '--', SEED, `${pairs}`], { cwd: ROOT, stdio: ['pipe', 'pipe', 'inherit'] });
  const asked = new Set();
  try {
    for await (const line of createInterface({ input: made.stdout })) {
      const { form, page, words, lists, pairs, ...seen } = JSON.parse(line);
      if (!form) return { ...seen, pairs, asked };
      for (const { fields } of form.sections) for (const { kind } of fields) asked.add(kind);
      const its = { lists, words, questions: questionsOf(form) };
      const slipped = pageForm(form, slip(page));
      made.stdin.write(`${JSON.stringify(pairs.map((pair) => said(its, slipped, pair)))}\n`);
    }
    throw new Error('the pairs ended early');
  } finally {
    made.kill();
  }
};

test('Rust and JavaScript judge alike', async () => {
  const { definitions, pairs, faults, rules, filled, different, asked } = await compare(PAIRS);
  console.log(`${definitions} definitions, ${pairs} pairs, ${faults} faults (${rules} of rules), ${filled} computed values, ${different.length} disagreements`);
  assert.equal(different.length, 0, different.map((one) => JSON.stringify(one)).join('\n'));
  assert.deepEqual([...asked].sort(), Object.keys(kinds).sort(), 'each kind is asked');
  assert.ok(pairs >= PAIRS && faults > pairs && rules * 20 > pairs && filled * 5 > pairs, 'the pairs say something');
});

// The test of the test: a slip in one operator, one function, one bound is found.
const replaced = (from, to) => (page) => JSON.parse(JSON.stringify(page).replaceAll(from, to));
const slips = {
  'a date before another': replaced('"d<"', '"d=="'),
  'two ways of which one is enough': replaced('"||"', '"&&"'),
  'letters counted as characters': replaced('"letters"', '"size"'),
  'words of a field that are forgotten': replaced('"invalid":', '"forgotten":'),
  'a day more': replaced('"plus_days"', '"plus_years"'),
};
for (const [name, slip] of Object.entries(slips)) {
  test(`a slip is found: ${name}`, async () => {
    const { different } = await compare(PAIRS_OF_A_SLIP, slip);
    assert.notEqual(different.length, 0);
  });
}
