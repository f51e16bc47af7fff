/**
 * The relay's receipt, as far as this page may call it one.
 *
 * @import { KeyFile } from './types'
 */
import { signedBy } from './signed.js';

/**
 * What the receipt says, when a relay of the portal signed it with a key that was in use, for that submission. Throws
 * what is then nobody's word.
 *
 * @type {(jws: string, sealed: { id: string, manifest_sha256: string }, relay: KeyFile) => Promise<{ received_at: number, mode: string }>}
 */
export const verifiedReceipt = async (jws, { id, manifest_sha256 }, { office }) => {
  for (const { jwk, not_before, not_after } of office.keys) {
    const receipt = await signedBy(jws, 'motcua-receipt+jws', jwk);
    if (!receipt || receipt.received_at < not_before || receipt.received_at > not_after) continue;
    if (receipt.id === id && receipt.manifest_sha256 === manifest_sha256) return receipt;
  }
  throw new Error('no receipt of the relay for this submission');
};
