/**
 * The relay's receipt, as far as this page may call it one.
 *
 * @import { DatedKey, KeyFile, Receipt } from './types'
 */
import { bytesOf, signedBy } from './signed.js';

const RECEIPT_BYTES_MAX = 4096;
const MEMBERS = 'agency,form,id,manifest_sha256,mode,received_at,v';
/** Texts, and the white space between tokens. */
const TOKENS = /("(?:[^"\\]|\\.)*")|\s+/g;

/** Whether a receipt's JSON has each member once, and no others. @type {(jws: string, receipt: Receipt) => boolean} */
const isStrict = (jws, receipt) => {
  const text = new TextDecoder().decode(bytesOf(jws.split('.')[1]));
  return receipt.v === 1 && Object.keys(receipt).sort().join() === MEMBERS && text.replace(TOKENS, '$1') === JSON.stringify(receipt);
};

/** What a receipt says, when one of the relays' keys signed it while it was in use; else nothing. @type {(jws: string, relays: DatedKey[]) => Promise<Receipt | undefined>} */
export const signedReceipt = async (jws, relays) => {
  if (jws.length > RECEIPT_BYTES_MAX) return undefined;
  for (const { jwk, not_before, not_after } of relays) {
    const receipt = await signedBy(jws, 'motcua-receipt+jws', jwk);
    if (receipt && receipt.received_at >= not_before && receipt.received_at <= not_after && isStrict(jws, receipt)) return receipt;
  }
  return undefined;
};

/**
 * What the receipt says, when a relay of the portal signed it for that submission. Throws what is then nobody's word.
 *
 * @type {(jws: string, sealed: { id: string, manifest_sha256: string }, relay: KeyFile) => Promise<Receipt>}
 */
export const verifiedReceipt = async (jws, { id, manifest_sha256 }, { office }) => {
  const receipt = await signedReceipt(jws, office.keys);
  if (receipt?.id === id && receipt.manifest_sha256 === manifest_sha256) return receipt;
  throw new Error('no receipt of the relay for this submission');
};
