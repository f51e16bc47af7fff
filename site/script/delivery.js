/**
 * From checked answers to a sealed submission, and on its way.
 *
 * @import { Case, Sealed } from './types'
 */
import { ask, offline, receiptIn } from './send.js';
import { keyInUse, readKeyFile } from './signed.js';
import { answers } from './sheet.js';
import { data } from './page.js';
import { now } from './clock.js';
import { officeOf, receivingOffice } from './offices.js';
import { sealSubmission } from './seal.js';

const keyFile = async (/** @type {string} */ code) => {
  const answer = await fetch(`/keys/${code}.jws`, { cache: 'no-cache' }).catch(offline);
  return readKeyFile(await answer.text(), data.publishers || [], code);
};

/** Whose receipts count. */
export const relayKeys = () => keyFile('relay');

/** Seals for each office the answers that it reads, and all for the recovery key; signs. @type {(case_: Case) => Promise<Sealed>} */
export const sealAnswers = async (case_) => {
  const { code: agency } = receivingOffice();
  const readers = data.recipients.map((recipient) => {
    const read = Object.entries(answers).filter(([id]) => recipient.reads?.includes(id) ?? true);
    return { n: recipient.role, code: officeOf(recipient).code, answers: Object.fromEntries(read) };
  });
  readers.push({ n: 'recovery', code: 'recovery', answers });
  let { mode } = data;
  const parts = await Promise.all(
    readers.map(async ({ code, ...part }) => {
      const file = await keyFile(code);
      if (code === agency && file.office.mode === 'trial') mode = 'trial';
      return { ...part, key: keyInUse(file, now()) };
    }),
  );
  return sealSubmission(case_, { data, mode, agency, now: now(), parts });
};

/** Gives a submission to the relay; its receipt. @type {(relay: string, sealed: Sealed) => Promise<string>} */
export const post = async (relay, { body }) =>
  receiptIn(await ask(`${relay}/v1/submissions`, { method: 'POST', headers: { 'content-type': 'application/json' }, body }));
