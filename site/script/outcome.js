/**
 * What comes after the last question: the review, and what becomes of sending: the same manifest again until somebody
 * answers, the relay's clock, a refusal, the receipt. The page loads this before the review, so that it is there whatever
 * then happens to the network.
 *
 * @import * as papers from './papers.js'
 * @import { Case, Fault, KeyFile, SealedWithFiles, Upload } from './types'
 */
import { MAY_PASS, arrived, send } from './retry.js';
import { adoptTime, now } from './clock.js';
import { answers, faultsNow, update } from './sheet.js';
import { clicks, data, element, loadScript, one, say, setState } from './page.js';
import { Refused } from './send.js';
import { lists } from './lists.js';
import { newCase } from './case.js';
import { relayKeys, sealAnswers } from './delivery.js';
import { show } from './steps.js';
import { showReceipt } from './receipt.js';
import { stops } from './check.js';
import { showReview } from './review.js';

const { ui, ...rest } = /** @type {any} */ (lists.outcome);
Object.assign(data, rest);
Object.assign(data.ui, ui);
document.head.append(element('link', '', { rel: 'stylesheet', ...data.style }));

if (data.files) Object.assign(data.ui, data.files.ui);

/** The script for files of papers, where the form has papers and once it is there; without it they are brought to the counter. @type {typeof papers | undefined} */
let filing;

/** The step before sending. @type {(faults: Fault[]) => Promise<void>} */
export const review = async (faults) => {
  showReview(faults);
  if (!data.files || !data.publishers) return;
  filing ||= await loadScript(data.files.script).catch(() => undefined);
  filing?.offerFiles();
  if (!pending) await filing?.offerUnfinished(now());
};

/** A sealed submission with less time left is sealed anew rather than sent again. */
const LEAST_SECONDS = 600;
/** How long a person waits when the relay is busy and does not say. */
const BUSY_SECONDS = 30;

/** The case of this sheet. @type {Case | undefined} */
let its;

/** From here on the sheet is another case's. */
export const startCase = () => {
  its = pending = undefined;
  filing?.forgetFiles();
};

/** Whose receipts count: known before anything is sent. @type {KeyFile | undefined} */
let relay;

/** What was sent without an answer, and the answers that it holds. @type {{ sealed: SealedWithFiles, content: string } | undefined} */
let pending;

/** @typedef {{ case_: Case, sealed: SealedWithFiles, receipt: string, where?: string }} Sent */

/** Sends the sheet; nothing comes back when the relay's clock is another day's and on that day the answers have faults. @type {(report: (words: string) => void, mayAdoptTime: boolean) => Promise<Sent | undefined>} */
const sendSheet = async (report, mayAdoptTime) => {
  const content = JSON.stringify([answers, filing?.filesMark()]);
  if (its && pending && (pending.content !== content || pending.sealed.exp < now() + LEAST_SECONDS)) {
    // It may have arrived although nobody said so: only when it did not may another take its place.
    const receipt = await arrived(data.relay, pending.sealed);
    if (receipt) return { case_: its, sealed: pending.sealed, receipt };
    // While its files are on their way its id is taken.
    if (receipt !== undefined) its = undefined;
    pending = undefined;
  }
  const case_ = (its ||= await newCase());
  if (!pending) {
    const sealed = await sealAnswers(case_, (await filing?.sealFiles(case_.id, report)) || []);
    if (sealed.files[0]) await filing?.rememberUpload(case_, sealed);
    pending = { content, sealed };
  }
  const { sealed } = pending;
  report(say('sending'));
  try {
    return { case_, sealed, receipt: await sendWhole(sealed) };
  } catch (failure) {
    const { code, now: relayNow = 0 } = /** @type {Refused} */ (failure).problem;
    if (MAY_PASS.test(code)) throw failure;
    // A refused submission leaves no trace: the next one may carry its id, unless somebody has that.
    pending = undefined;
    if (code === 'id-taken') its = pending;
    if (code !== 'clock' || !mayAdoptTime) throw failure;
    adoptTime(relayNow);
    update();
    return faultsNow().some(stops) ? undefined : sendSheet(report, false);
  }
};

/** The submission, then its files; the receipt. */
const sendWhole = async (/** @type {SealedWithFiles} */ sealed) => (await send(data.relay, sealed)) || /** @type {Promise<string>} */ (filing?.sendFiles(data.relay, sealed));

/** What a failure means for the person. */
const failureWords = (/** @type {unknown} */ failure) => {
  if (!(failure instanceof Refused)) return say('keys');
  const { code, seconds, ...relayWords } = failure.problem;
  if (data.ui[code]) return say(code, { seconds: seconds || BUSY_SECONDS });
  const said = /** @type {Record<string, string>} */ (relayWords);
  return `${say('refused')}: ${said[document.documentElement.lang] || said.vi || code}`;
};

/** Sends by `work` and shows the receipt, or says why not. @type {(button: HTMLElement, work: (report: (words: string) => void) => Promise<Sent | undefined>) => Promise<void>} */
const trySending = async (button, work) => {
  const status = one('#status');
  const report = (/** @type {string} */ words, kind = '') => {
    status.className = kind;
    status.textContent = words;
  };
  setState('sending');
  button.toggleAttribute('disabled', true);
  report(say('sealing'));
  try {
    relay ||= await relayKeys();
    const sent = await work(report);
    if (!sent) return show('review');
    await showReceipt(sent.case_, sent.sealed, sent.receipt, relay, sent.where);
    await filing?.endFiles(sent.sealed);
  } catch (failure) {
    report(failureWords(failure), 'error');
    setState('failed');
  } finally {
    button.toggleAttribute('disabled', false);
  }
};

clicks.send = (button) => trySending(button, (report) => sendSheet(report, true));

/** Goes on with the application whose files were on their way when its page was closed. */
clicks.resume = (button) =>
  trySending(button, async () => {
    const { case_, where, ...sealed } = /** @type {Upload} */ (await filing?.unfinished(now()));
    return { case_, where, sealed, receipt: await sendWhole(sealed) };
  });
