/** Requests to the relay, and what it says when it does not take a submission. */

const ANSWER_MS = 30_000;

/** The relay's answer when it did not take a submission. `code` is one of the refusal table's, or `offline`. */
export class Refused extends Error {
  /** @param {{ code: string, now?: number, vi?: string, en?: string, seconds?: number }} problem `seconds`: after which to try again */
  constructor(problem) {
    super(problem.code);
    this.problem = problem;
  }
}

/** The network failed. @type {() => never} */
export const offline = () => {
  throw new Refused({ code: 'offline' });
};

/** One request; `Refused` when nobody answers in time. @type {(url: string, options?: RequestInit) => Promise<Response>} */
export const ask = (url, options) => fetch(url, { ...options, signal: AbortSignal.timeout(ANSWER_MS) }).catch(offline);

/** The receipt's JWS, and below it the proof that it is in the relay's log; else `Refused`. */
export const receiptIn = async (/** @type {Response} */ answer) => {
  const content = await answer.json().catch(() => ({}));
  if (content.receipt) return `${content.receipt}\n${content.proof}`;
  throw new Refused({ code: answer.status < 500 ? 'offline' : 'busy', ...content, seconds: +(answer.headers.get('retry-after') || 0) });
};

/** The receipt; nothing as long as files of the submission are to follow. */
export const receiptOf = (/** @type {Response} */ answer) => (answer.status === 202 ? '' : receiptIn(answer));
