/**
 * From checked answers to the receipt: keys of the offices, seal, sign, send; the same manifest again until somebody
 * answers.
 *
 * @import { Case, Sealed } from './types'
 */
import { MAY_PASS, Refused, arrived, send } from './send.js';
import { adoptTime, now } from './clock.js';
import { answers, faultsNow, update } from './sheet.js';
import { data, say } from './page.js';
import { keyInUse, newCase, readKeyFile, sealSubmission } from './seal.js';
import { officeOf, receivingOffice } from './offices.js';
import { stops } from './check.js';

/** A sealed submission with less time left is sealed anew rather than sent again. */
const LEAST_SECONDS = 600;

/** The case of this sheet. @type {Case | undefined} */
let its;

/** From here on the sheet is another case's. */
export const startCase = () => {
  its = pending = undefined;
};

/** What was sent without an answer, and the answers that it holds. @type {{ sealed: Sealed, content: string } | undefined} */
let pending;

const keyFile = async (/** @type {string} */ code) => {
  const answer = await fetch(`/keys/${code}.jws`, { cache: 'no-cache' }).catch(() => {
    throw new Refused({ code: 'offline' });
  });
  return readKeyFile(await answer.text(), data.publishers, code);
};

const seal = async (/** @type {Case} */ case_) => {
  const { code: agency } = receivingOffice();
  const readers = data.form.recipients.map((recipient) => {
    const read = Object.entries(answers).filter(([id]) => recipient.reads.includes(id));
    return { n: recipient.role, code: officeOf(recipient).code, answers: Object.fromEntries(read) };
  });
  readers.push({ n: 'recovery', code: 'recovery', answers });
  let { mode } = data.form;
  const parts = await Promise.all(
    readers.map(async ({ code, ...part }) => {
      const file = await keyFile(code);
      if (code === agency && file.office.mode === 'trial') mode = 'trial';
      return { ...part, key: keyInUse(file, now()) };
    }),
  );
  return sealSubmission(case_, { data, mode, agency, now: now(), parts });
};

/**
 * Sends the sheet; `report` hears what is being done. Throws `Refused`, or what is wrong with a key. Nothing comes back
 * when the relay's clock is another day's, and on that day the answers have faults.
 * @type {(report: (words: string) => void, mayAdoptTime?: boolean) => Promise<{ case_: Case, sealed: Sealed, receipt: string } | undefined>}
 */
export const deliver = async (report, mayAdoptTime = true) => {
  const content = JSON.stringify(answers);
  const case_ = (its ||= await newCase());
  if (pending && (pending.content !== content || pending.sealed.exp < now() + LEAST_SECONDS)) {
    // It may have arrived although nobody said so: only when it did not may another take its place.
    const receipt = await arrived(data.relay, pending.sealed);
    if (receipt) return { case_, sealed: pending.sealed, receipt };
    pending = undefined;
  }
  report(say('sealing'));
  pending ||= { content, sealed: await seal(case_) };
  const { sealed } = pending;
  report(say('sending'));
  try {
    return { case_, sealed, receipt: await send(data.relay, sealed) };
  } catch (failure) {
    const { code, now: relayNow = 0 } = /** @type {Refused} */ (failure).problem;
    if (MAY_PASS.test(code)) throw failure;
    // A refused submission leaves no trace: the next one may carry its id, unless somebody has that.
    pending = undefined;
    if (code === 'id-taken') its = pending;
    if (code !== 'clock' || !mayAdoptTime) throw failure;
    adoptTime(relayNow);
    update();
    return faultsNow().some(stops) ? undefined : deliver(report, false);
  }
};
