/**
 * A case's own keys.
 *
 * @import { Case } from './types'
 */
import { ECDSA, newExchangeKeys, random, toBase64url } from './seal.js';

/** The keys of one case, never of a device: one to sign with, one for replies. They cannot be taken out. @returns {Promise<Case>} */
export const newCase = async () => ({
  id: toBase64url(random(16)),
  keys: await crypto.subtle.generateKey(ECDSA, false, ['sign', 'verify']),
  reply: { keys: await newExchangeKeys(), secret: toBase64url(random(32)) },
});
