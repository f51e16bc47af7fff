/**
 * What was sealed lies on this device from before it is sent until its receipt is kept: who loses the page meanwhile finds it among
 * what waits, and nobody sends the same twice. After "send" without a network, and as long as files are on their way, the page says
 * that it waits, and sends it when the link is back. Another page of this device may send it, too (`dispatch.js`).
 *
 * @import { Case, SealedWithFiles } from './types'
 */
import { allWaiting, dropWaiting, keepWaiting, waitingOf } from './outbox.js';
import { clicks, data, element, one, say } from './page.js';
import { Refused, ask } from './send.js';
import { alone } from './dispatch.js';
import { forget } from './shelf.js';
import { markOf } from './drafts.js';
import { jsonOf } from './signed.js';
import { isWithdrawal } from './case.js';
import { show } from './steps.js';

/** How often a page asks whether the relay can be reached, where the browser does not notice. */
const LOOK_MS = 20_000;

/** The id of this sheet's submission, while it lies here. */
let keptId = '';
let [hasFiles, isHolding] = [false, false];

/** Whether this sheet's submission waits. */
export const isHeld = () => isHolding;

/** Keeps it, in the place of what its id had before. @type {(case_: Case, sealed: SealedWithFiles, isTried: boolean) => Promise<void>} */
export const keep = (case_, sealed, isTried) =>
  alone(sealed.id, async () => {
    const { iat } = jsonOf(JSON.parse(sealed.body).manifest.split('.')[1]);
    const was = await waitingOf(sealed.id);
    // Another tab has sent it, or dropped it: the change comes too late.
    if (isHeld() && !was) throw new Refused({ code: 'gone' });
    const before = was ? [...was.before, ...was.signed].filter((sha256) => sha256 !== sealed.manifest_sha256) : [];
    const draft = await markOf(sealed.page.split('/').at(-3) || '');
    await keepWaiting({ ...sealed, case_, relay: data.relay, iat, at: iat, draft, isTried, before, signed: [sealed.manifest_sha256] });
    keptId = sealed.id;
    hasFiles = !!sealed.files[0];
  });

/** Keeps it, and lets it wait. @type {typeof keep} */
export const hold = async (case_, sealed, isTried) => {
  await keep(case_, sealed, isTried);
  isHolding = true;
};

/** It was sent, or shall not be. */
export const release = async () => {
  const id = keptId;
  keptId = '';
  isHolding = false;
  if (id) await dropWaiting(id);
  if (id && hasFiles) await forget(id);
};

/** Says what becomes of it. */
export const tellHeld = () => {
  const line = element('span', ` `);
  line.append(element('a', data.ui.receipts, { href: data.receipts }), ' ', element('button', say('unsend'), { type: 'button', class: 'quiet', 'data-unsend': '' }));
  one('#status').append(line);
};

clicks.unsend = async () => {
  await release();
  if (isWithdrawal()) location.assign(data.receipts);
  else show('review');
};

const sendAgain = () => {
  if (document.body.dataset.state === 'waiting') clicks.send(one('[data-send]'));
};

addEventListener('online', sendAgain);
setInterval(async () => {
  if (document.body.dataset.state !== 'waiting') return;
  // Another tab may have sent it, or somebody dropped it there.
  const isHere = (await allWaiting()).some(({ id }) => id === keptId);
  if (!isHere || (await ask(`${data.relay}/v1/submissions/${keptId}`).then(() => true, () => false))) sendAgain();
}, LOOK_MS);
