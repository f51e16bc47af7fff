// The form in which the generator can put modules together, and that every component is whole.
import assert from 'node:assert/strict';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { test } from 'node:test';
import { kinds } from './pieces.js';

const SITE = new URL('../../site/', import.meta.url);
const text = (path) => readFileSync(new URL(path, SITE), 'utf8');
const modules = readdirSync(SITE, { recursive: true }).filter((path) => path.endsWith('.js'));

const IMPORT = /^import (\{ [\w$, ]+ \} from )?'\.{1,2}\/[\w./-]+\.js';$/;
const EXPORT = /^export (async function|function|const|let|class) ([\w$]+)/;
const DECLARATION = /^(?:export )?(?:async function|function|const|let|class) (?:([\w$]+)|\{ (.+?) \})/;

test('imports are static, relative and named; exports are declarations', () => {
  for (const path of modules) {
    for (const line of text(path).split('\n')) {
      if (line.startsWith('import')) assert.match(line, IMPORT, path);
      if (line.startsWith('export')) assert.match(line, EXPORT, path);
      assert.doesNotMatch(line, /\bimport\((?!script\.href\))/, `${path}: an address comes with the page`);
    }
  }
});

test('no two modules declare one name', () => {
  const places = new Map();
  for (const path of modules) {
    for (const line of text(path).split('\n')) {
      const [, name, names = ''] = DECLARATION.exec(line) || [];
      for (const declared of name ? [name] : names.split(', ').filter(Boolean)) {
        assert.ok(!places.has(declared), `${declared}: ${path} and ${places.get(declared)}`);
        places.set(declared, path);
      }
    }
  }
});

test('nothing of a page is kept in plain sight', () => {
  // A random word of the tab's own may: what was typed is not in it.
  const word = /sessionStorage\.(setItem\(WORD, word\)|getItem\(WORD\)|removeItem\(WORD\))/g;
  for (const path of modules) assert.doesNotMatch(text(path).replace(word, ''), /localStorage|sessionStorage|document\.cookie|innerHTML|eval\(/, path);
});

for (const kind of Object.keys(kinds)) {
  test(`component ${kind}`, () => {
    const folder = `components/${kind}/`;
    assert.ok(existsSync(new URL(`${folder}template.html`, SITE)));
    assert.match(text(`${folder}script.js`), /^kinds(\.\w+|\['[\w-]+'\]) = \[/m, 'it adds itself');
    const examples = JSON.parse(text(`${folder}examples.json`));
    assert.ok(examples.length);
    for (const { field, answer } of examples) {
      assert.equal(field.kind, kind);
      assert.ok(field.label.vi && field.label.en);
      if (answer !== undefined) assert.equal(kinds[kind][0](answer, field, { lists: {}, at: '2016-08-10', today: '2016-08-10' }), undefined);
    }
  });
}

test('both languages have the same words', () => {
  const keys = (path) => text(path).split('\n').filter((line) => /^(\[|\w+ =)/.test(line)).map((line) => line.split(' =')[0]);
  assert.deepEqual(keys('translations/form.vi.toml'), keys('translations/form.en.toml'));
});
