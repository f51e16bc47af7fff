/**
 * Sends what waits: one page at a time, never twice, signed again under its id when its date is not the relay's any more
 * (`envelope/FORMAT.md`, sections 6 and 7). Time comes in.
 *
 * @import { Dispatched, Waiting } from './types'
 */
import { ECDSA, toBase64url, utf8 } from './seal.js';
import { arrived, send } from './retry.js';
import { bytesOf, jsonOf } from './signed.js';
import { keepWaiting, waitingOf } from './outbox.js';
import { Refused } from './send.js';

/** What the relay lets a manifest's date be off, less what sending takes. */
const FRESH_SECONDS = 300;
/** Offices take answers that were checked so long ago (`at` of section 4), less an hour. */
export const HELD_SECONDS_MAX = 30 * 86400 - 3600;
/** And so much later than they were received. */
const AHEAD_SECONDS = 600;

/** The same parts under a new date, by the same key. @type {(its: Waiting, now: number) => Promise<Waiting>} */
export const signAgain = async (its, now) => {
  const { subtle } = crypto;
  const { manifest, parts } = JSON.parse(its.body);
  const [header, payload] = manifest.split('.');
  const { iat, exp, ...rest } = jsonOf(payload);
  const input = `${header}.${toBase64url({ ...rest, iat: now, exp: now + exp - iat })}`;
  const signature = toBase64url(await subtle.sign(ECDSA, its.case_.keys.privateKey, utf8(input)));
  const manifest_sha256 = toBase64url(await subtle.digest('SHA-256', utf8(input)));
  return { ...its, exp: now + exp - iat, iat: now, body: JSON.stringify({ manifest: `${input}.${signature}`, parts }), signed: [...its.signed, manifest_sha256] };
};

/** Gives one to the relay under a date of now; the relay's clock counts, once. @type {(its: Waiting, now: number, mayAdoptTime: boolean) => Promise<string>} */
const sendDated = async (its, now, mayAdoptTime) => {
  if (its.at > now + AHEAD_SECONDS || its.at < now - HELD_SECONDS_MAX) throw new Refused({ code: 'answers-date' });
  const dated = Math.abs(now - its.iat) < FRESH_SECONDS ? its : await signAgain(its, now);
  // Whose receipt comes, should this page end before it does.
  await keepWaiting({ ...dated, isTried: true });
  try {
    return await send(dated.relay, dated);
  } catch (failure) {
    const { code, now: relayNow = 0 } = /** @type {Refused} */ (failure).problem;
    // One that was signed before came meanwhile.
    const earlier = code === 'id-taken' ? await arrived(dated.relay, dated) : undefined;
    if (earlier !== undefined) return earlier;
    if (code !== 'clock' || !mayAdoptTime) throw failure;
    return sendDated(dated, relayNow, false);
  }
};

/** What a receipt is for, as those say it who show one. */
export const namedBy = (/** @type {string} */ receipt) => {
  const { manifest_sha256 } = jsonOf(receipt.split('.')[1]);
  return { manifest_sha256, digest: bytesOf(manifest_sha256), receipt };
};

/** What is done about one of those that wait by one page at a time. @type {<Result>(id: string, work: () => Promise<Result>) => Promise<Result>} */
export const alone = async (id, work) => await navigator.locks.request(`motcua outbox ${id}`, work);

/**
 * Sends the one with that id, its files by `upload`, and lets `settle` do what follows, before another page comes to it; nothing when
 * it does not wait any more.
 *
 * @type {(id: string, now: number, upload: (its: Waiting) => Promise<string>, settle?: (sent: Dispatched) => Promise<void>) => Promise<Dispatched | undefined>}
 */
export const dispatch = (id, now, upload, settle = async () => {}) =>
  alone(id, async () => {
    const its = await waitingOf(id);
    if (!its) return undefined;
    const known = its.isTried ? await arrived(its.relay, its) : undefined;
    // As long as files are to follow there is none.
    const receipt = (known ?? (await sendDated(its, now, true))) || (await upload(its));
    const { signed, before } = (await waitingOf(id)) || its;
    const named = namedBy(receipt);
    const isEarlier = before.includes(named.manifest_sha256);
    // Another's receipt fits none; who shows it then finds it forged.
    const sent = isEarlier || signed.includes(named.manifest_sha256) ? { ...its, ...named, isEarlier } : { ...its, receipt, isEarlier };
    await settle(sent);
    return sent;
  });
