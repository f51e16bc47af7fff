// The log a second time: RFC 6962's tree word for word, C2SP proofs; and what can be wrong with them.

import { base64url, sha256 } from './format.mjs';
import { NOW, earlierLog, log } from './city.mjs';
import { base64, freshBy, joined, logKey, signedBy } from './note.mjs';
import { replace, same, write } from './submission.mjs';

const leafHash = entry => sha256(joined([0], entry));
const parentHash = (left, right) => sha256(joined([1], left, right));
/** k of RFC 6962: the largest power of two that is smaller than n. */
const split = n => { let k = 1; while (k * 2 < n) k *= 2; return k; };

/** MTH(D[n]) */
async function root(entries) {
  if (entries.length === 0) return sha256('');
  if (entries.length === 1) return leafHash(entries[0]);
  const k = split(entries.length);
  return parentHash(await root(entries.slice(0, k)), await root(entries.slice(k)));
}

/** PATH(m, D[n]) */
async function path(m, entries) {
  if (entries.length === 1) return [];
  const k = split(entries.length);
  return m < k
    ? [...await path(m, entries.slice(0, k)), await root(entries.slice(k))]
    : [...await path(m - k, entries.slice(k)), await root(entries.slice(0, k))];
}

const foreignLog = await logKey(log.name, 'another log under the same name');

const INDEX = 5;
const entries = await Promise.all(Array.from({ length: 11 }, (_, number) => sha256(`manifest ${number}`)));
const checkpoint = `${log.name}\n${entries.length}\n${base64(await root(entries))}\n`;
const steps = await path(INDEX, entries);

/**
 * A proof of leaf 5 of 11 with a place for every fault: `manifest` whose it should be, `index`, `steps`, the
 * checkpoint's `text`, its signature `lines`, and the whole as text (`proof`).
 */
async function proof(name, fault, verdict, {
  manifest = entries[INDEX], index = INDEX, steps: way = steps, text = checkpoint, by = log, lines = same, proof: change = same,
} = {}) {
  const note = `${text}\n${await lines(await signedBy(by, text))}`;
  const hashes = way.map(step => `${base64(step)}\n`).join('');
  write(`proofs/${name}.json`, {
    name, fault, logs: [log.public, earlierLog.public], manifest_sha256: base64url(manifest),
    proof: change(`c2sp.org/tlog-proof@v1\nindex ${index}\n${hashes}\n${note}`), verdict,
  });
}

export async function proofs() {
  const edit = (from, to) => ({ proof: replace(from, to) });
  await proof('whole', 'none', 'accept');
  await proof('whole-of-an-earlier-log', 'none: a log before this one', 'accept',
    { text: checkpoint.replace(log.name, earlierLog.name), by: earlierLog });
  await proof('whole-with-its-time', 'none: the log also says when the checkpoint was the newest', 'accept',
    { lines: async own => own + await freshBy(log, checkpoint, NOW) });
  await proof('whole-with-a-witness', 'none: somebody else signed as well', 'accept',
    { lines: async own => await signedBy({ ...foreignLog, name: 'witness.example' }, checkpoint) + own });
  await proof('whole-only-leaf', 'none: a tree of one leaf, whose proof has no step', 'accept', {
    index: 0, steps: [], manifest: entries[0], text: `${log.name}\n1\n${base64(await root(entries.slice(0, 1)))}\n`,
  });

  await proof('of-another-manifest', 'leaf 6 with the proof of leaf 5', 'not-included', { manifest: entries[6] });
  await proof('index-of-another', 'the index of the leaf beside it', 'not-included', { index: 4 });
  await proof('index-is-size', 'an index that the tree does not have', 'not-included', { index: entries.length });
  await proof('step-missing', 'a step too few', 'not-included', { steps: steps.slice(1) });
  await proof('step-too-many', 'a step too many', 'not-included', { steps: [...steps, steps[0]] });
  await proof('steps-swapped', 'the first two steps in the other order', 'not-included',
    { steps: [steps[1], steps[0], ...steps.slice(2)] });
  await proof('root-of-another-tree', 'a signed root over other leaves', 'not-included',
    { text: `${log.name}\n11\n${base64(await root([...entries.slice(0, 10), entries[0]]))}\n` });
  await proof('size-of-another-tree', 'a signed size that is not that of the root', 'not-included',
    { text: checkpoint.replace('\n11\n', '\n8\n') });

  await proof('unknown-log', 'a log whose key is not known', 'unknown-log',
    { text: checkpoint.replace(log.name, 'relay.example/log-2017') });
  await proof('signed-by-another', 'a log of the same name with another key', 'not-signed', { by: foreignLog });
  await proof('changed-after-signing', 'the signed size was changed', 'not-signed', edit('\n11\n', '\n12\n'));
  await proof('signed-twice', 'two signatures of one key', 'not-signed', { lines: own => own + own });
  await proof('only-its-time', 'the log says when, and does not sign', 'not-signed', { lines: () => freshBy(log, checkpoint, NOW) });

  const malformed = (name, fault, options) => proof(name, fault, 'malformed', options);
  await malformed('empty', 'nothing', { proof: () => '' });
  await malformed('version-2', 'another version', edit('@v1', '@v2'));
  await malformed('index-with-zero', 'an index with a zero before it', edit('index 5', 'index 05'));
  await malformed('index-negative', 'an index below 0', edit('index 5', 'index -5'));
  await malformed('index-too-large', 'an index of 2^64', edit('index 5', 'index 18446744073709551616'));
  await malformed('extra-line', 'the line `extra`, which this log does not write', edit('index 5', 'extra AA==\nindex 5'));
  await malformed('step-without-padding', 'base64 without its padding', edit('=\n', '\n'));
  await malformed('step-in-base64url', 'a step in the other alphabet', { proof: text => text.replace(/[+/]/, '-') });
  await malformed('step-of-31-bytes', 'a step that is no hash', { steps: [steps[0].slice(1), ...steps.slice(1)] });
  await malformed('65-steps', 'more steps than any tree has', { steps: Array(65).fill(steps[0]) });
  await malformed('no-empty-line', 'no line between steps and checkpoint', edit('\n\nrelay', '\nrelay'));
  await malformed('line-ends-of-windows', 'CR before every LF', { proof: text => text.replaceAll('\n', '\r\n') });
  await malformed('cut-off', 'without its last line break', { proof: text => text.trimEnd() });
  await malformed('checkpoint-unsigned', 'no signature line', { lines: () => '' });
  await malformed('checkpoint-with-a-fourth-line', 'an extension line, which this log does not write', { text: `${checkpoint}more\n` });
  await malformed('checkpoint-size-with-zero', 'a signed size with a zero before it', { text: checkpoint.replace('\n11\n', '\n011\n') });
  await malformed('checkpoint-root-of-31-bytes', 'a signed root that is no hash',
    { text: `${log.name}\n11\n${base64((await root(entries)).slice(1))}\n` });
  await malformed('dash-of-ascii', 'a signature line that begins with a minus', { lines: own => own.replace('\u2014', '-') });
}
