/**
 * From checked answers to a sealed submission.
 *
 * @import { Answers, Case, KeptCase, SealedFile, SealedWithFiles } from './types'
 */
import { keyInUse, keysInCatalogue, readKeyFile } from './signed.js';
import { answers } from './sheet.js';
import { followed } from './case.js';
import { data, one, say } from './page.js';
import { now } from './clock.js';
import { Refused, offline } from './send.js';
import { officeOf, receivingOffice } from './offices.js';
import { sealSubmission } from './seal.js';

/** The role and the office of the key that the city keeps offline. */
const RECOVERY = 'recovery';

/** An office's keys by its own file; without a network, where that was never seen, by the catalogue, which the worker keeps. */
const keyFile = async (/** @type {string} */ code) => {
  const publishers = data.publishers || [];
  const own = await fetch(`/keys/${code}.jws`, { cache: 'no-cache' }).catch(() => undefined);
  if (own) return readKeyFile(await own.text(), publishers, code);
  const catalogue = await fetch('/catalogue.jws').catch(offline);
  return keysInCatalogue(await catalogue.text(), publishers, code);
};

/** Whose receipts count. */
export const relayKeys = () => keyFile('relay');

/** Files as a sealed part tells of them. */
const filesTold = (/** @type {SealedFile[]} */ files) => files.map(({ n: part, field, name, type, size, ikm }) => ({ part, field, name, type, size, ikm }));

/** A part before it is sealed: its name, its office, what it says. @typedef {{ n: string, code: string, answers: Answers, attachments: object[] }} Plain */

/** Seals each part for its office; signs. @type {(case_: Case, readers: Plain[], files: SealedFile[]) => Promise<Omit<SealedWithFiles, 'title' | 'where'>>} */
const sealFor = async (case_, readers, files) => {
  const [{ code: agency }] = readers;
  let { mode } = data;
  const parts = await Promise.all(
    readers.map(async ({ code, ...part }) => {
      const file = await keyFile(code);
      if (code === agency && file.office.mode === 'trial') mode = 'trial';
      return { ...part, key: keyInUse(file, now()) };
    }),
  );
  const named = files.map(({ n, len, pieces, kc }) => ({ n, typ: 'ece', len, pieces, kc }));
  const offices = Object.fromEntries(readers.map(({ n, code }) => [n, code]));
  return { ...(await sealSubmission(case_, { data, mode, agency, now: now(), parts, files: named })), files: named, offices, page: location.pathname };
};

/** What the page is about. */
const service = () => one('h1').textContent || '';

/** Seals for each office the answers that it reads, with the keys of the files that it may open, and all for the recovery key; signs. @type {(case_: Case, files: SealedFile[]) => Promise<SealedWithFiles>} */
export const sealAnswers = async (case_, files) => {
  const readers = data.recipients.map((recipient) => {
    const mayRead = (/** @type {string} */ id) => recipient.reads?.includes(id) ?? true;
    const read = Object.entries(answers).filter(([id]) => mayRead(id));
    return { n: recipient.role, code: officeOf(recipient).code, answers: Object.fromEntries(read), attachments: filesTold(files.filter(({ field }) => mayRead(field))) };
  });
  // An office that has the earlier one would never hear that another takes its place.
  if (readers.some(({ n, code }) => (followed?.kept.offices[n] ?? code) !== code)) throw new Refused({ code: 'other_office' });
  readers.push({ n: RECOVERY, code: RECOVERY, answers, attachments: filesTold(files) });
  return { ...(await sealFor(case_, readers, files)), title: service(), where: receivingOffice().name };
};

/** Takes an earlier submission back: no answer goes, to each office that has some. @type {(case_: Case, earlier: KeptCase) => Promise<SealedWithFiles>} */
export const sealWithdrawal = async (case_, { offices, where }) => {
  const readers = [...data.recipients.map(({ role }) => role), RECOVERY].map((n) => ({ n, code: offices[n], answers: {}, attachments: [] }));
  // Since then the form goes to one more office, which knows nothing of it.
  if (readers.some(({ code }) => !code)) throw new Refused({ code: 'only_counter' });
  return { ...(await sealFor(case_, readers, [])), title: say('withdrawal_of', { title: service() }), where };
};
