/**
 * From checked answers to a sealed submission, and on its way.
 *
 * @import { Case, Sealed, SealedFile, SealedWithFiles } from './types'
 */
import { ask, offline, receiptOf } from './send.js';
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

/** Files as a sealed part tells of them. */
const filesTold = (/** @type {SealedFile[]} */ files) => files.map(({ n: part, field, name, type, size, ikm }) => ({ part, field, name, type, size, ikm }));

/** Seals for each office the answers that it reads, with the keys of the files that it may open, and all for the recovery key; signs. @type {(case_: Case, files: SealedFile[]) => Promise<SealedWithFiles>} */
export const sealAnswers = async (case_, files) => {
  const { code: agency } = receivingOffice();
  const readers = data.recipients.map((recipient) => {
    const mayRead = (/** @type {string} */ id) => recipient.reads?.includes(id) ?? true;
    const read = Object.entries(answers).filter(([id]) => mayRead(id));
    return { n: recipient.role, code: officeOf(recipient).code, answers: Object.fromEntries(read), attachments: filesTold(files.filter(({ field }) => mayRead(field))) };
  });
  readers.push({ n: 'recovery', code: 'recovery', answers, attachments: filesTold(files) });
  let { mode } = data;
  const parts = await Promise.all(
    readers.map(async ({ code, ...part }) => {
      const file = await keyFile(code);
      if (code === agency && file.office.mode === 'trial') mode = 'trial';
      return { ...part, key: keyInUse(file, now()) };
    }),
  );
  const named = files.map(({ n, len, pieces, kc }) => ({ n, typ: 'ece', len, pieces, kc }));
  return { ...(await sealSubmission(case_, { data, mode, agency, now: now(), parts, files: named })), files: named };
};

/** Gives a submission to the relay; its receipt, or nothing as long as files are to follow. @type {(relay: string, sealed: Sealed) => Promise<string>} */
export const post = async (relay, { body }) =>
  receiptOf(await ask(`${relay}/v1/submissions`, { method: 'POST', headers: { 'content-type': 'application/json' }, body }));
