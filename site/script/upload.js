/**
 * Sealed files to the relay, from the byte where each stands: after a pause, a broken link, a closed page. What is sent is
 * what was sealed once and kept, so that a file goes on as the same bytes.
 */
import { Refused, ask, offline, receiptIn } from './send.js';
import { PIECE_BYTES, pieceOf } from './shelf.js';

/** How long one piece may take: 256 KiB at the relay's slowest, 2 KiB a second, and some. */
const PIECE_MS = 150_000;
/** Pauses after failures in a row; after the last one the person decides. */
const RETRIES_MS = [1000, 2000, 4000, 8000, 15_000];

/** Whether the person has asked to wait, and what goes on then. @type {{ request?: AbortController, waiting?: Promise<void>, goOn?: () => void }} */
const flow = {};

/** Stops after the byte that the relay has; nothing is lost. */
export const pause = () => {
  flow.waiting ||= new Promise((resolve) => (flow.goOn = resolve));
  flow.request?.abort();
};

export const resume = () => {
  flow.goOn?.();
  flow.waiting = flow.goOn = undefined;
};

/** How many bytes the relay has of a part; none known: the relay knows no such part (any more). */
const offsetOf = async (/** @type {string} */ url) => {
  const answer = await ask(url, { method: 'HEAD' });
  return answer.ok ? +(answer.headers.get('upload-offset') || 0) : undefined;
};

/** Sends the rest of one piece; the relay's answer. @type {(url: string, at: number, piece: Uint8Array<ArrayBuffer>) => Promise<Response>} */
const put = async (url, at, piece) => {
  const request = (flow.request = new AbortController());
  const timer = setTimeout(() => request.abort(), PIECE_MS);
  const headers = { 'content-type': 'application/octet-stream', 'upload-offset': `${at}` };
  try {
    return await fetch(url, { method: 'PUT', headers, body: piece.subarray(at % PIECE_BYTES), signal: request.signal }).catch(offline);
  } finally {
    clearTimeout(timer);
  }
};

/** Sends one part until the relay has all of it; the receipt if it was the last one. @type {(base: string, id: string, n: string, len: number, report: (at: number) => void) => Promise<string | undefined>} */
const sendPart = async (base, id, n, len, report) => {
  const url = `${base}/parts/${n}`;
  let at = await offsetOf(url);
  while (at !== undefined && at < len) {
    report(at);
    await flow.waiting;
    const piece = await pieceOf(id, n, Math.floor(at / PIECE_BYTES));
    if (!piece) throw new Refused({ code: 'files_gone' });
    const answer = await put(url, at, piece);
    if (answer.status === 201) return receiptIn(answer);
    if (answer.status !== 204 && answer.status !== 409) return receiptIn(answer);
    at = +(answer.headers.get('upload-offset') || 0);
  }
  report(len);
  return undefined;
};

/**
 * Sends what the relay says is missing; the receipt.
 * @param {string} relay
 * @param {{ id: string, files: { n: string, len: number }[] }} sealed
 * @param {(sent: number, all: number, isWaiting: boolean) => void} report
 */
export const upload = async (relay, { id, files }, report) => {
  const base = `${relay}/v1/submissions/${id}`;
  const all = files.reduce((sum, { len }) => sum + len, 0);
  let sent = 0;
  let failures = 0;
  for (;;) {
    try {
      const answer = await ask(base);
      if (answer.status !== 202) return await receiptIn(answer);
      const { missing } = await answer.json();
      const left = files.filter(({ n }) => missing.includes(n));
      let before = all - left.reduce((sum, { len }) => sum + len, 0);
      for (const { n, len } of left) {
        const receipt = await sendPart(base, id, n, len, (at) => {
          if (before + at > sent) failures = 0;
          sent = before + at;
          report(sent, all, false);
        });
        if (receipt) return receipt;
        before += len;
      }
    } catch (failure) {
      if (flow.waiting) await flow.waiting;
      else if (!(failure instanceof Refused) || !/^(offline|busy|internal|part-digest)$/.test(failure.problem.code) || failures >= RETRIES_MS.length) throw failure;
      else {
        report(sent, all, true);
        await new Promise((resolve) => setTimeout(resolve, Math.max(RETRIES_MS[failures++], (failure.problem.seconds || 0) * 1000)));
      }
    }
  }
};
