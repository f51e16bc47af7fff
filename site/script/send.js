/**
 * One submission to the relay. It can be sent again at any time: the relay answers the same manifest with the same
 * receipt.
 *
 * @import { Sealed } from './types'
 */

/** Pauses between tries; the relay may ask for longer ones. */
const PAUSES_MS = [1000, 3000];
const ANSWER_MS = 30_000;
/** Who is asked to wait for longer than this decides for himself. */
const WAIT_SECONDS_MAX = 20;

/** Refusals that say nothing about the submission: whether it arrived is not known. */
export const MAY_PASS = /^(offline|busy|internal)$/;

/** The relay's answer when it did not take a submission. `code` is one of the refusal table's, or `offline`. */
export class Refused extends Error {
  /** @param {{ code: string, now?: number, vi?: string, en?: string, seconds?: number }} problem `seconds`: after which to try again */
  constructor(problem) {
    super(problem.code);
    this.problem = problem;
  }
}

/** One request; `Refused` when nobody answers in time. @type {(url: string, options?: RequestInit) => Promise<Response>} */
const ask = (url, options) =>
  fetch(url, { ...options, signal: AbortSignal.timeout(ANSWER_MS) }).catch(() => {
    throw new Refused({ code: 'offline' });
  });

/**
 * The receipt's JWS, and below it the proof that it is in the relay's log. Tries again when the network fails or the relay is busy.
 * @type {(relay: string, sealed: Sealed, pauses?: number[]) => Promise<string>}
 */
export const send = async (relay, sealed, [pauseMs, ...pauses] = PAUSES_MS) => {
  try {
    const options = { method: 'POST', headers: { 'content-type': 'application/json' }, body: sealed.body };
    return await receiptIn(await ask(`${relay}/v1/submissions`, options));
  } catch (failure) {
    const { code, seconds = 0 } = /** @type {Refused} */ (failure).problem;
    if (!pauseMs || !MAY_PASS.test(code) || seconds > WAIT_SECONDS_MAX) throw failure;
    await new Promise((resolve) => setTimeout(resolve, Math.max(pauseMs, seconds * 1000)));
    return send(relay, sealed, pauses);
  }
};

/** The receipt of a submission of which we do not know whether it arrived; `undefined` when it did not. @type {(relay: string, sealed: Sealed) => Promise<string | undefined>} */
export const arrived = async (relay, { id }) => {
  const answer = await ask(`${relay}/v1/submissions/${id}`);
  return answer.status === 404 ? undefined : receiptIn(answer);
};

const receiptIn = async (/** @type {Response} */ answer) => {
  const content = await answer.json().catch(() => ({}));
  if (content.receipt) return content.receipt + '\n' + content.proof;
  throw new Refused({ code: answer.status < 500 ? 'offline' : 'busy', ...content, seconds: +(answer.headers.get('retry-after') || 0) });
};
