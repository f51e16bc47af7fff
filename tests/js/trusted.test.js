// Only what the portal published becomes the address of a worker.
import assert from 'node:assert/strict';
import { test } from 'node:test';

test('the policy of the name that pages allow takes scripts of the portal alone', async () => {
  const names = [];
  globalThis.trustedTypes = {
    createPolicy: (name, rules) => {
      names.push(name);
      return rules;
    },
  };
  const { scriptAddress } = await import('../../site/script/trusted.js');
  assert.deepEqual(names, ['motcua']);
  for (const path of ['/assets/sealer.Ab-_9.js', '/worker.js']) assert.equal(scriptAddress(path), path);
  for (const path of ['https://a.example/assets/a.js', '//a.example/a.js', '/assets/../a.js', '/a.js', '/assets/a.js?b', 'data:,a', '']) {
    assert.throws(() => scriptAddress(path), TypeError, path);
  }
});
