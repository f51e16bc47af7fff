// One submission with a place for every fault, and the file that it becomes.

import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { base64url, digestOf, padded, publicJwk, seal, sha256, sign, submissionHeader } from './format.mjs';
import { NOW, RELAY, formRef, keys } from './city.mjs';

const vectors = new URL('../', import.meta.url);
export const HOUR = 3600;
export const DAY = 24 * HOUR;

export const json = value => JSON.stringify(value);
export const same = value => value;
/** Fills a payload with white space until the JWS under this header has so many characters. */
export const filled = (header, characters) => payload => {
  const room = characters - base64url(header).length - '..'.length - base64url(new Uint8Array(64)).length;
  if (room % 4 === 1) throw new Error(`no payload has ${room} characters in base64url`);
  return payload + ' '.repeat(Math.floor(room * 3 / 4) - Buffer.byteLength(payload));
};

/** Puts one text for another, which must be there. */
export const replace = (from, to) => text => {
  if (!text.includes(from)) throw new Error(`nothing to replace: ${from}`);
  return text.replace(from, to);
};

/**
 * The pieces of a submission to `agency` by `form`, sealed to `recipients` (part name → key name).
 *
 * sub, plain, plaintext: change a part's `sub`, its plaintext as an object, as text (with the part's name);
 * size: the plaintext's size; sealing: faults of `seal` by part name; sealedTo: part name → the key really used;
 * jwe: changes a finished part; partRef, manifest, payload, header: change the entry of a part, the manifest as an
 * object, its text, the header's text; body parts are changed by `parts`; jws changes the whole manifest.
 */
export async function submission(name, {
  form = ['one-office', 2], agency = '00001', mode = 'live', signer = keys.case, at = NOW - 60,
  recipients = { ward: agency, recovery: 'recovery' }, sealedTo = {}, note = 'Xin chào',
  sub = same, plain = same, plaintext = same, size, sealing = {}, jwe = same,
  partRef = same, manifest = same, payload = same, header = same, parts = same, jws = same,
} = {}) {
  const id = base64url((await sha256(`vector ${name}`)).slice(0, 16));
  const reference = await formRef(...form);
  const sealed = {};
  const refs = [];
  for (const [n, keyName] of Object.entries(recipients)) {
    const whole = {
      v: 1,
      sub: sub({ id, jkt: signer.kid, form: reference, agency, aud: RELAY, mode, n, at }, n),
      answers: { agency, note },
      attachments: [],
      reply: { jwk: publicJwk(keys.reply), secret: base64url(await sha256(`secret ${name}`)) },
    };
    const text = plaintext(padded(plain(whole, n), size), n);
    sealed[n] = jwe(await seal(text, keys[sealedTo[n] ?? keyName], sealing[n]), n);
    refs.push(partRef({
      typ: 'jwe', n, kid: keys[keyName].kid, len: sealed[n].length, sha256: await digestOf(sealed[n]),
    }));
  }
  const whole = manifest({
    v: 1, id, aud: RELAY, form: reference, agency, mode, iat: NOW, exp: NOW + DAY, parts: refs,
  });
  const text = payload(typeof whole === 'string' ? whole : json(whole));
  return { manifest: jws(await sign(header(submissionHeader(signer)), text, signer)), parts: parts(sealed) };
}

const written = new Set();

/** Writes one vector, a member a line. */
export function write(path, vector) {
  if (written.has(path)) throw new Error(`two vectors of one name: ${path}`);
  written.add(path);
  const members = Object.entries(vector).filter(([, value]) => value !== undefined);
  const lines = members.map(([name, value]) => `${json(name)}: ${json(value)}`);
  writeFileSync(new URL(path, vectors), `{\n${lines.join(',\n')}\n}\n`);
}

/** Takes away all vectors, so that none outlives its fault. */
export function clear() {
  for (const inner of ['./', 'catalogues/', 'receipts/', 'acks/', 'proofs/']) {
    const folder = new URL(inner, vectors);
    mkdirSync(folder, { recursive: true });
    for (const name of readdirSync(folder)) if (name.endsWith('.json')) rmSync(new URL(name, folder));
  }
}

export const count = () => written.size;

/**
 * Writes one submission with the verdicts of relay and intake. An intake refuses what the relay refuses, and never sees
 * a body. `body` makes another body of the pieces, `pad` fills the body up.
 */
export async function vector(name, fault, relay, { now = NOW, body, pad, intake, ...options } = {}) {
  const pieces = await submission(name, options);
  const refused = body || pad ? 'unseen' : `refuse:${relay}`;
  write(`${name}.json`, {
    name, fault, now, catalogue: 'city/catalogue.jws', ...(body ? body(pieces) : pieces), body_padded_to: pad,
    relay, intake: intake ?? (relay === 'accept' ? 'accept' : refused),
  });
}
