// Submissions without fault, most of them at the very edge of what is taken.

import { GROUP_ORDER, changeNumbers, submissionHeader, withSignature } from './format.mjs';
import { NOW, keys } from './city.mjs';
import { DAY, HOUR, filled, submission, vector, write } from './submission.mjs';

/** ECDSA signatures come in twins, (r, s) and (r, n − s); both name the submission that receipts/ and acks/ are for. */
export const twins = await submission('twins');

export async function wholeSubmissions() {
  const accept = (name, what, options) => vector(name, `none: ${what}`, 'accept', options);
  await accept('whole-one-office', 'one recipient and recovery');
  await accept('whole-three-offices', 'three recipients and recovery', {
    form: ['three-offices', 1], recipients: { ward: '00001', police: 'ca-001', insurance: 'bh-001', recovery: 'recovery' },
  });
  await accept('whole-largest-parts', 'four parts of 64 KiB', {
    form: ['three-offices', 1], note: 'ơ'.repeat(20000),
    recipients: { ward: '00001', police: 'ca-001', insurance: 'bh-001', recovery: 'recovery' },
  });
  await accept('whole-trial-form', 'a trial by its form', { form: ['trial-form', 1], mode: 'trial' });
  await accept('whole-trial-agency', 'a trial by its agency', {
    agency: '00007', mode: 'trial', recipients: { ward: '00007-trial', recovery: 'recovery' },
  });
  await accept('whole-replaced-form-still-taken', 'a version that is no longer offered, one second before accept_until',
    { form: ['replaced', 2] });
  await accept('whole-other-order-and-white-space', 'members in another order, white space between them', {
    manifest: ({ v, parts, ...rest }) => ` ${JSON.stringify({ parts, ...rest, v }, null, '\t')}\r\n`,
  });
  await accept('whole-body-with-white-space', 'white space and another order in the body', {
    body: pieces => ({ body: `\n${JSON.stringify({ parts: pieces.parts, manifest: pieces.manifest }, null, 2)}\n` }),
  });
  await accept('whole-amends', 'names an earlier submission that it amends', {
    sub: sub => ({ ...sub, amends: 'MDEyMzQ1Njc4OWFiY2RlZg' }),
  });
  await accept('whole-withdraws', 'names an earlier submission that it withdraws', {
    sub: sub => ({ ...sub, withdraws: 'MDEyMzQ1Njc4OWFiY2RlZg' }),
  });
  await accept('clock-ten-minutes-ahead', 'iat exactly 10 minutes ahead',
    { manifest: m => ({ ...m, iat: NOW + 600, exp: NOW + 600 + DAY }) });
  await accept('clock-ten-minutes-behind', 'iat exactly 10 minutes behind',
    { manifest: m => ({ ...m, iat: NOW - 600, exp: NOW + HOUR }) });
  await accept('exp-this-second', 'exp is now', { manifest: m => ({ ...m, iat: NOW - 300, exp: NOW }) });
  await accept('exp-one-second-after-iat', 'the shortest life', { manifest: m => ({ ...m, exp: NOW + 1 }) });
  await accept('kid-in-grace', 'sealed to a key 30 days past its not_after',
    { recipients: { ward: '00001-in-grace', recovery: 'recovery' } });
  await accept('manifest-of-8-KiB', 'the largest manifest', { payload: filled(submissionHeader(keys.case), 8192) });
  await accept('body-of-384-KiB', 'the largest body', { pad: 384 * 1024 });
  await accept('at-eve-of-receipt', 'answers checked exactly 30 days before', { at: NOW - 30 * DAY });
  await accept('at-ten-minutes-after', 'answers checked by a clock 10 minutes ahead', { at: NOW + 600 });
  for (const [name, low] of [['signature-low-s', true], ['signature-high-s', false]]) {
    const manifest = withSignature(twins.manifest, changeNumbers((r, s) =>
      [r, s < GROUP_ORDER / 2n === low ? s : GROUP_ORDER - s]));
    write(`${name}.json`, {
      name, fault: `none: ${low ? 'the lower' : 'the higher'} of the twins (r, s) and (r, n - s), which are one submission`,
      now: NOW, catalogue: 'city/catalogue.jws', manifest, parts: twins.parts, relay: 'accept', intake: 'accept',
    });
  }
}
