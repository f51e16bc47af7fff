// Keys of logs and what they sign: C2SP signed notes, by WebCrypto alone.

import { bytesOf, sha256 } from './format.mjs';

const { subtle } = crypto;
const utf8 = new TextEncoder();
export const base64 = bytes => Buffer.from(bytes).toString('base64');
export const joined = (...pieces) => new Uint8Array(Buffer.concat(pieces.map(piece => Buffer.from(piece))));

/** A log's key; its seed is made of a word and guards nothing. */
export async function logKey(name, word) {
  const seed = await sha256(word);
  const pkcs8 = joined(Buffer.from('302e020100300506032b657004220420', 'hex'), seed);
  const privateKey = await subtle.importKey('pkcs8', pkcs8, 'Ed25519', true, ['sign']);
  const publicKey = bytesOf((await subtle.exportKey('jwk', privateKey)).x);
  const id = async type => (await sha256(joined(utf8.encode(name), [10, type], publicKey))).slice(0, 4);
  const text = async bytes => `${name}+${Buffer.from(await id(1)).toString('hex')}+${base64(joined([1], bytes))}`;
  return {
    name, id, sign: async message => new Uint8Array(await subtle.sign('Ed25519', privateKey, utf8.encode(message))),
    public: await text(publicKey), private: `PRIVATE+KEY+${await text(seed)}`,
  };
}

const line = async (key, type, bytes) => `\u2014 ${key.name} ${base64(joined(await key.id(type), bytes))}\n`;
/** The line by which a key signs a text. */
export const signedBy = async (key, text) => line(key, 1, await key.sign(text));
/** The line by which a key says that a text was the newest at a time. */
export const freshBy = async (key, text, time) => {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(BigInt(time));
  return line(key, 4, joined(bytes, await key.sign(`cosignature/v1\ntime ${time}\n${text}`)));
};
