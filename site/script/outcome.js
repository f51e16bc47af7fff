/**
 * What comes after the last question: the review, and what becomes of sending: the same manifest again until somebody
 * answers, the relay's clock, a refusal, the receipt. The page loads this before the review, so that it is there whatever
 * then happens to the network.
 *
 * @import * as papers from './papers.js'
 * @import { Case, Fault, KeyFile, SealedWithFiles } from './types'
 */
import { MAY_PASS, arrived, send } from './retry.js';
import { adoptTime, now } from './clock.js';
import { answers, faultsNow, update } from './sheet.js';
import { clicks, data, element, loadScript, one, say, setState } from './page.js';
import { Refused } from './send.js';
import { keptCases } from './store.js';
import { lists } from './lists.js';
import { dispatch, namedBy } from './dispatch.js';
import { hold, isHeld, keep, release, tellHeld } from './hold.js';
import { followOn, followed, isWithdrawal, nextCase } from './case.js';
import { relayKeys, sealAnswers, sealWithdrawal } from './delivery.js';
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
  document.getElementById('no-files')?.remove();
  if (!filing) return sayNoFiles();
  filing.offerFiles();
};

/** Files cannot be sent as long as their script does not come; the rest can. */
const sayNoFiles = () => {
  const line = element('p', `${say('files_failed')} `, { id: 'no-files', class: 'notice', role: 'status' });
  line.append(element('button', say('again'), { type: 'button', class: 'quiet', 'data-refile': '' }));
  one('#papers h2').after(line);
};

clicks.refile = () => review(faultsNow());

/** A sealed submission with less time left is sealed anew rather than sent again. */
const LEAST_SECONDS = 600;
/** How long a person waits when the relay is busy and does not say. */
const BUSY_SECONDS = 30;

/** The case of this sheet. @type {Case | undefined} */
let its;

/** From here on the sheet is another case's. */
export const startCase = () => {
  its = pending = undefined;
  followOn();
  filing?.forgetFiles();
};

/** Whose receipts count: known before anything is sent. @type {KeyFile | undefined} */
let relay;

/** What was sent without an answer, and the answers that it holds. @type {{ sealed: SealedWithFiles, content: string } | undefined} */
let pending;

/** @typedef {{ case_: Case, sealed: SealedWithFiles, receipt: string, isOther?: boolean, note?: string }} Sent */

/** What is sealed says this; another text needs another seal. */
const contentNow = () => (isWithdrawal() ? '' : JSON.stringify([answers, filing?.filesMark()]));

/** @type {(case_: Case, report: (words: string) => void) => Promise<SealedWithFiles>} */
const seal = async (case_, report) =>
  followed && isWithdrawal() ? sealWithdrawal(case_, followed.kept) : sealAnswers(case_, (await filing?.sealFiles(case_.id, report)) || []);

/** Sends the sheet; nothing comes back when the relay's clock is another day's and on that day the answers have faults. @type {(report: (words: string) => void, mayAdoptTime: boolean) => Promise<Sent | undefined>} */
const sendSheet = async (report, mayAdoptTime) => {
  const content = contentNow();
  const isChanged = pending?.content !== content;
  if (isHeld() && isChanged && !pending?.sealed.files[0]) pending = undefined;
  if (its && pending && (isChanged || (!isHeld() && pending.sealed.exp < now() + LEAST_SECONDS))) {
    // It may have arrived although nobody said so: only when it did not may another take its place.
    const receipt = await arrived(data.relay, pending.sealed);
    if (receipt) return { case_: its, sealed: pending.sealed, receipt, ...ofEarlier(isChanged) };
    // While its files are on their way its id is taken.
    if (receipt !== undefined) its = undefined;
    await release();
    pending = undefined;
  }
  const case_ = (its ||= await nextCase());
  const isNew = !pending;
  pending ||= { content, sealed: await seal(case_, report) };
  const { sealed } = pending;
  report(say('sending'));
  try {
    // The page may be closed before an answer comes; with files it may take longer than the page is open.
    if (isNew && (isHeld() || sealed.files[0])) await hold(case_, sealed, isHeld()).catch(noRoom);
    else if (isNew) await keep(case_, sealed, true).catch(() => {});
    return { case_, ...(isHeld() ? await sendHeld(sealed) : { sealed, receipt: await send(data.relay, sealed) }) };
  } catch (failure) {
    if (!(failure instanceof Refused) || MAY_PASS.test(failure.problem.code)) throw failure;
    const { code, now: relayNow = 0 } = failure.problem;
    await release();
    // A refused submission leaves no trace: the next one may carry its id, unless somebody has that.
    pending = undefined;
    if (code === 'id-taken' || code === 'gone') its = pending;
    // It has waited too long, or under a wrong clock: sealed anew.
    if (code === 'answers-date') return sendSheet(report, mayAdoptTime);
    if (code !== 'clock' || !mayAdoptTime) throw failure;
    adoptTime(relayNow);
    update();
    return !isWithdrawal() && faultsNow().some(stops) ? undefined : sendSheet(report, false);
  }
};

/** What waits could not be kept. @type {(failure: unknown) => never} */
const noRoom = (failure) => {
  const code = pending?.sealed.files[0] ? 'files_room' : 'offline';
  pending = undefined;
  throw failure instanceof Refused ? failure : new Refused({ code });
};

/** The person's change came after it was sent: the receipt is not of what stands here. */
const ofEarlier = (/** @type {boolean} */ isEarlier) => (isEarlier ? { isOther: true, note: say('sent_before') } : {});

/** What has waited, as it was signed last. */
const sendHeld = async (/** @type {SealedWithFiles} */ sealed) => {
  const sent = await dispatch(sealed.id, now(), (its) => /** @type {typeof papers} */ (filing).sendFiles(its));
  // Another tab was first: the receipt is where it put it.
  const kept = sent || (await keptCases()).find(({ id }) => id === sealed.id);
  if (!kept) throw new Refused({ code: 'gone' });
  const { manifest_sha256, digest, receipt } = sent || namedBy(kept.receipt);
  return { sealed: { ...sealed, manifest_sha256, digest }, receipt, ...ofEarlier(!!sent?.isEarlier) };
};

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
    if (sent.isOther) document.getElementById('answers')?.remove();
    await showReceipt(sent.case_, sent.sealed, sent.receipt, relay, !sent.isOther);
    if (sent.note) one('#receipt h2').after(element('p', sent.note, { class: 'notice' }));
    await release();
    filing?.endFiles();
  } catch (failure) {
    const isWaiting = await holdIfOffline(failure).catch(() => false);
    report(isWaiting ? say('waiting') : failureWords(failure), isWaiting ? '' : 'error');
    if (isWaiting) tellHeld();
    setState(isWaiting ? 'waiting' : 'failed');
  } finally {
    button.toggleAttribute('disabled', false);
    // A button that is switched off loses the focus.
    if (document.body.dataset.state === 'failed') button.focus();
  }
};

/** Whether what stands here waits for the network now. @type {(failure: unknown) => Promise<boolean>} */
const holdIfOffline = async (failure) => {
  if (!(failure instanceof Refused) || failure.problem.code !== 'offline' || !its || pending?.content !== contentNow()) return false;
  if (!isHeld()) await hold(its, pending.sealed, true);
  return true;
};

clicks.send = (button) => trySending(button, (report) => sendSheet(report, true));
