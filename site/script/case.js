/**
 * A case's own keys, and whether what is sent is the first submission of its case or follows an earlier one.
 *
 * @import { Case, Followed } from './types'
 */
import { ECDSA, newExchangeKeys, random, toBase64url } from './seal.js';

const newId = () => toBase64url(random(16));

/** The keys of one case, never of a device: one to sign with, one for replies. They cannot be taken out. @returns {Promise<Case>} */
export const newCase = async () => ({
  id: newId(),
  keys: await crypto.subtle.generateKey(ECDSA, false, ['sign', 'verify']),
  reply: { keys: await newExchangeKeys(), secret: toBase64url(random(32)) },
});

/** The earlier submission that this page amends or withdraws. @type {Followed | undefined} */
export let followed;

/** What is sent from here on follows that one; nothing: it is a case of its own. @type {(earlier?: Followed) => void} */
export const followOn = (earlier) => {
  followed = earlier;
};

/** Whether what is sent takes an earlier submission back. */
export const isWithdrawal = () => followed?.how === 'withdraws';

/** A submission: of the earlier one's case, by its keys, or of a new case. @returns {Promise<Case>} */
export const nextCase = async () => {
  if (!followed) return newCase();
  const { how, kept: { id, keys, reply } } = followed;
  return { id: newId(), keys, reply, follows: { [how]: id } };
};
