/**
 * What others signed, as far as this page believes it: the publisher's key files. The format's home is
 * `envelope/FORMAT.md`. No DOM, no network; time comes in.
 *
 * @import { DatedKey, Jwk, KeyFile } from './types'
 */
import { ECDSA, publicJwk, thumbprint, toBase64url, utf8 } from './seal.js';

/** @type {(text: string) => Uint8Array<ArrayBuffer>} */
export const bytesOf = (text) => Uint8Array.from(atob(text.replace(/-/g, '+').replace(/_/g, '/')), (char) => char.charCodeAt(0));

/** The JSON in a JWS. @type {(part: string) => any} */
export const jsonOf = (part) => JSON.parse(new TextDecoder().decode(bytesOf(part)));

/** What a JWS of that type says, when the key signed it; else nothing. @type {(jws: string, typ: string, jwk: Jwk) => Promise<any>} */
export const signedBy = async (jws, typ, jwk) => {
  const { subtle } = crypto;
  const [header, payload, signature] = jws.trim().split('.');
  if (header !== toBase64url({ alg: 'ES256', typ, kid: await thumbprint(jwk) })) return undefined;
  const key = await subtle.importKey('jwk', publicJwk(jwk), ECDSA, false, ['verify']);
  return (await subtle.verify(ECDSA, key, bytesOf(signature), utf8(`${header}.${payload}`))) ? jsonOf(payload) : undefined;
};

/**
 * The content of an office's key file, when a publisher of this page signed it for that office.
 * @type {(jws: string, publishers: Jwk[], code: string) => Promise<KeyFile>}
 */
export const readKeyFile = async (jws, publishers, code) => {
  for (const jwk of publishers) {
    const file = await signedBy(jws, 'motcua-keys+jws', jwk);
    if (file?.v === 1 && file.office.code === code) return file;
  }
  throw new Error(`keys of ${code}: not from the publisher`);
};

/** The same from the catalogue, which has every office's. @type {(jws: string, publishers: Jwk[], code: string) => Promise<KeyFile>} */
export const keysInCatalogue = async (jws, publishers, code) => {
  for (const jwk of publishers) {
    const catalogue = await signedBy(jws, 'motcua-catalogue+jws', jwk);
    const office = catalogue?.offices.find((/** @type {KeyFile['office']} */ one) => one.code === code);
    if (office) return { v: catalogue.v, exp: catalogue.exp, office };
  }
  throw new Error(`keys of ${code}: not in a catalogue of the publisher`);
};

/**
 * The key to seal under: the newest that is in use, else (a device whose clock is slow) the first that will be.
 * @type {(file: KeyFile, now: number) => DatedKey}
 */
export const keyInUse = ({ exp, office }, now) => {
  const keys = office.keys.filter((key) => key.not_after > now).sort((a, b) => a.not_before - b.not_before);
  const key = keys.findLast((one) => one.not_before <= now) || keys[0];
  if (!key || exp <= now) throw new Error(`keys of ${office.code}: out of date`);
  return key;
};
