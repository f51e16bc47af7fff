/**
 * What comes after the last question: the review, and what becomes of sending: the same manifest again until somebody
 * answers, the relay's clock, a refusal, the receipt. The page loads this before the review, so that it is there whatever
 * then happens to the network.
 *
 * @import { Case, KeyFile, Sealed } from './types'
 */
import { MAY_PASS, arrived, send } from './retry.js';
import { adoptTime, now } from './clock.js';
import { answers, faultsNow, update } from './sheet.js';
import { clicks, data, element, one, say, setState } from './page.js';
import { Refused } from './send.js';
import { lists } from './lists.js';
import { newCase } from './seal.js';
import { relayKeys, sealAnswers } from './delivery.js';
import { show } from './steps.js';
import { showReceipt } from './receipt.js';
import { stops } from './check.js';
import { showReview } from './review.js';

const { ui, ...rest } = /** @type {any} */ (lists.outcome);
Object.assign(data, rest);
Object.assign(data.ui, ui);
document.head.append(element('link', '', { rel: 'stylesheet', ...data.style }));

/** The step before sending. */
export const review = showReview;

/** A sealed submission with less time left is sealed anew rather than sent again. */
const LEAST_SECONDS = 600;
/** How long a person waits when the relay is busy and does not say. */
const BUSY_SECONDS = 30;

/** The case of this sheet. @type {Case | undefined} */
let its;

/** From here on the sheet is another case's. */
export const startCase = () => {
  its = pending = undefined;
};

/** Whose receipts count: known before anything is sent. @type {KeyFile | undefined} */
let relay;

/** What was sent without an answer, and the answers that it holds. @type {{ sealed: Sealed, content: string } | undefined} */
let pending;

/** Sends the sheet; nothing comes back when the relay's clock is another day's and on that day the answers have faults. @type {(report: (words: string) => void, mayAdoptTime: boolean) => Promise<{ case_: Case, sealed: Sealed, receipt: string } | undefined>} */
const sendSheet = async (report, mayAdoptTime) => {
  const content = JSON.stringify(answers);
  const case_ = (its ||= await newCase());
  if (pending && (pending.content !== content || pending.sealed.exp < now() + LEAST_SECONDS)) {
    // It may have arrived although nobody said so: only when it did not may another take its place.
    const receipt = await arrived(data.relay, pending.sealed);
    if (receipt) return { case_, sealed: pending.sealed, receipt };
    pending = undefined;
  }
  pending ||= { content, sealed: await sealAnswers(case_) };
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
    return faultsNow().some(stops) ? undefined : sendSheet(report, false);
  }
};

/** What a failure means for the person. */
const failureWords = (/** @type {unknown} */ failure) => {
  if (!(failure instanceof Refused)) return say('keys');
  const { code, seconds, ...relayWords } = failure.problem;
  if (data.ui[code]) return say(code, { seconds: seconds || BUSY_SECONDS });
  const said = /** @type {Record<string, string>} */ (relayWords);
  return `${say('refused')}: ${said[document.documentElement.lang] || said.vi || code}`;
};

clicks.send = async () => {
  const status = one('#status');
  const button = one('[data-send]');
  const report = (/** @type {string} */ words, kind = '') => {
    status.className = kind;
    status.textContent = words;
  };
  setState('sending');
  button.disabled = true;
  report(say('sealing'));
  try {
    relay ||= await relayKeys();
    const sent = await sendSheet(report, true);
    if (sent) await showReceipt(sent.case_, sent.sealed, sent.receipt, relay);
    else show('review');
  } catch (failure) {
    report(failureWords(failure), 'error');
    setState('failed');
  }
  button.disabled = false;
};
