/**
 * One submission to the relay until it answers. It can be sent again at any time: the relay answers the same manifest
 * with the same receipt.
 *
 * @import { Sealed } from './types'
 */
import { Refused, ask, receiptOf } from './send.js';

/** Pauses between tries; the relay may ask for longer ones. */
const PAUSES_MS = [1000, 3000];
/** Who is asked to wait for longer than this decides for himself. */
const WAIT_SECONDS_MAX = 20;

/** Refusals that say nothing about the submission: whether it arrived is not known. */
export const MAY_PASS = /^(offline|busy|internal)$/;

/** Gives a submission to the relay once. @type {(relay: string, sealed: Pick<Sealed, 'body'>) => Promise<string>} */
const post = async (relay, { body }) =>
  receiptOf(await ask(`${relay}/v1/submissions`, { method: 'POST', headers: { 'content-type': 'application/json' }, body }));

/**
 * The receipt's JWS, or nothing as long as files are to follow. Tries again when the network fails or the relay is busy.
 * @type {(relay: string, sealed: Pick<Sealed, 'body'>, pauses?: number[]) => Promise<string>}
 */
export const send = async (relay, sealed, [pauseMs, ...pauses] = PAUSES_MS) => {
  try {
    return await post(relay, sealed);
  } catch (failure) {
    const { code, seconds = 0 } = /** @type {Refused} */ (failure).problem;
    if (!pauseMs || !MAY_PASS.test(code) || seconds > WAIT_SECONDS_MAX) throw failure;
    await new Promise((resolve) => setTimeout(resolve, Math.max(pauseMs, seconds * 1000)));
    return send(relay, sealed, pauses);
  }
};

/** The receipt of a submission of which we do not know whether it arrived; `undefined` when it did not, nothing in it as long as files are to follow. @type {(relay: string, sealed: Pick<Sealed, 'id'>) => Promise<string | undefined>} */
export const arrived = async (relay, { id }) => {
  const answer = await ask(`${relay}/v1/submissions/${id}`);
  return answer.status === 404 ? undefined : receiptOf(answer);
};
