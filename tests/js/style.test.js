// Style has its colours, sizes of text, weights and spaces from the tokens alone, and uses every one of them.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';

const SITE = new URL('../../site/', import.meta.url);
/** Paper has its own units. */
const PAPER = 'style/print.css';
const sheets = readdirSync(SITE, { recursive: true }).filter((path) => path.endsWith('.css') && path !== PAPER);
const text = (path) => readFileSync(new URL(path, SITE), 'utf8').replace(/\/\*[\s\S]*?\*\//g, '');
const tokens = new Set(text('style/tokens.css').match(/--[\w-]+(?=:)/g));

/** A heading's own size, a share of the width, nothing, the browser's choice; else a token. */
const MEASURE = /^(0|auto|inherit|-?[\d.]+em|[\d.]+%|calc\(-1 \* var\(--space-\d\)\)|var\(--[\w-]+\))$/;
const MEASURED = /^\s*(?:margin|padding|gap|row-gap|column-gap|font-size|font-weight)[\w-]*: ([^;]+);/gm;
const COLOUR = /#[\da-f]{3,8}\b|\b(?:rgb|hsl|oklch)a?\(/i;

test('spaces, sizes of text and weights are tokens', () => {
  assert.ok(sheets.length > 6);
  let count = 0;
  for (const path of sheets.filter((path) => !path.endsWith('tokens.css'))) {
    for (const [line, value] of text(path).matchAll(MEASURED)) {
      for (const part of value.match(/(?:\w+\([^()]*(?:\([^()]*\))?[^()]*\)|\S)+/g)) assert.match(part, MEASURE, `${path}: ${line.trim()}`);
      count++;
    }
  }
  assert.ok(count > 60, `${count} measures`);
});

test('colours are tokens', () => {
  for (const path of sheets.filter((path) => !path.endsWith('tokens.css'))) {
    for (const line of text(path).split('\n')) assert.doesNotMatch(line, COLOUR, `${path}: ${line.trim()}`);
  }
});

test('every token is used, and nothing that is none', () => {
  const used = new Set([...sheets, PAPER].flatMap((path) => text(path).match(/(?<=var\()--[\w-]+/g) || []));
  for (const token of tokens) assert.ok(used.has(token), token);
  for (const path of sheets) for (const token of text(path).match(/(?<=var\()--[\w-]+/g) || []) assert.ok(tokens.has(token), `${path}: ${token}`);
});
