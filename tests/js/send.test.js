// Sending: the same body until somebody answers; what the relay says reaches the person.
import assert from 'node:assert/strict';
import { afterEach, mock, test } from 'node:test';
import { arrived, send } from '../../site/script/retry.js';
import { Refused } from '../../site/script/send.js';

const SEALED = { id: 'abc', manifest_sha256: 'd', reference: 'r', body: '{"manifest":"m"}', exp: 0 };
const answer = (status, content, headers = {}) => new Response(JSON.stringify(content), { status, headers });

/** Answers requests in turn; a thrown error is a broken network. */
const relay = (...answers) =>
  mock.method(globalThis, 'fetch', async () => {
    const next = answers.shift();
    if (next instanceof Error) throw next;
    return next;
  });

afterEach(() => mock.restoreAll());

test('the network fails: the same body again', async () => {
  const asked = relay(new TypeError('network'), answer(201, { receipt: 'jws', proof: 'proof' }));
  assert.equal(await send('https://relay.example', SEALED, [1]), 'jws\nproof');
  const bodies = asked.mock.calls.map(({ arguments: [, { body }] }) => body);
  assert.deepEqual(bodies, [SEALED.body, SEALED.body]);
});

test('it fails for good: offline', async () => {
  relay(new TypeError('network'), new TypeError('network'));
  await assert.rejects(send('https://relay.example', SEALED, [1]), ({ problem }) => problem.code === 'offline');
});

test('a busy relay is asked again after its pause, not when the pause is long', async () => {
  const asked = relay(answer(503, { code: 'busy' }, { 'retry-after': '0' }), answer(200, { receipt: 'jws', proof: 'proof' }));
  assert.equal(await send('https://relay.example', SEALED, [1]), 'jws\nproof');
  asked.mock.restore();
  relay(answer(503, { code: 'busy' }, { 'retry-after': '120' }));
  await assert.rejects(send('https://relay.example', SEALED, [1]), ({ problem }) => problem.code === 'busy' && problem.seconds === 120);
});

test('a refusal is final and carries its sentences', async () => {
  const asked = relay(answer(409, { code: 'clock', now: 5, vi: 'giờ', en: 'clock' }));
  const refused = (error) => error instanceof Refused && error.problem.now === 5 && error.problem.vi === 'giờ';
  await assert.rejects(send('https://relay.example', SEALED, [1]), refused);
  assert.equal(asked.mock.callCount(), 1);
});

test('whether it arrived', async () => {
  relay(answer(404, { code: 'not-found' }), answer(200, { receipt: 'jws', proof: 'proof' }));
  assert.equal(await arrived('https://relay.example', SEALED), undefined);
  assert.equal(await arrived('https://relay.example', SEALED), 'jws\nproof');
});
