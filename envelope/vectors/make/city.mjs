// A small city for the vectors: offices, forms and a catalogue, with fixed keys (city/keys.json; they guard nothing).

import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { digestOf, namedHeader, newKey, publicJwk, sign } from './format.mjs';
import { logKey } from './note.mjs';

export const folder = new URL('../city/', import.meta.url);

const HOUR = 3600;
const DAY = 24 * HOUR;
/** 2016-08-10 08:30 on the city's clock. */
export const NOW = 1470792600;
/** 2016-08-10 00:00 on the city's clock: when the catalogue was issued. */
export const ISSUED = 1470762000;
export const PORTAL = 'https://portal.example';
export const RELAY = 'https://relay.example';

const KEY_NAMES = [
  'publisher', 'foreign-publisher', 'relay', 'relay-retired', 'ack', 'ack-retired', 'recovery', 'case', 'other-case', 'reply',
  '00001', '00001-in-grace', '00001-past-grace', '00001-next-year', '00004', '00007-trial', '00010-opens-later', '00013-closed',
  'ca-001', 'ca-002', 'bh-001', 'of-nobody',
];

async function fixedKeys() {
  const file = new URL('keys.json', folder);
  if (!existsSync(file)) {
    const made = {};
    for (const name of KEY_NAMES) made[name] = await newKey();
    mkdirSync(folder, { recursive: true });
    writeFileSync(file, `${JSON.stringify(made, null, 1)}\n`);
  }
  return JSON.parse(readFileSync(file, 'utf8'));
}

export const keys = await fixedKeys();
export const log = await logKey('relay.example/log', 'the log of the vectors');
export const earlierLog = await logKey('relay.example/log-2015', 'the log before it');

const dated = (name, not_before = ISSUED - 30 * DAY, not_after = ISSUED + 365 * DAY) =>
  ({ kid: keys[name].kid, jwk: publicJwk(keys[name]), not_before, not_after });

const office = (code, kind, datedKeys, { mode = 'live', ...dates } = {}) => ({ code, kind, ...dates, mode, keys: datedKeys });

const offices = [
  office('00001', 'ward', [
    dated('00001'),
    dated('00001-in-grace', ISSUED - 400 * DAY, NOW - 30 * DAY),
    dated('00001-past-grace', ISSUED - 400 * DAY, NOW - 30 * DAY - 1),
    dated('00001-next-year', NOW + 1),
  ]),
  office('00004', 'ward', [dated('00004')]),
  office('00007', 'ward', [dated('00007-trial')], { mode: 'trial' }),
  office('00010', 'ward', [dated('00010-opens-later')], { opens: NOW + 1 }),
  office('00013', 'ward', [dated('00013-closed')], { opens: ISSUED - DAY, closes: NOW }),
  office('ca-001', 'police', [dated('ca-001')]),
  office('ca-002', 'police', [dated('ca-002')]),
  office('bh-001', 'insurance', [dated('bh-001')]),
];

const agencies = JSON.stringify({
  id: 'agencies',
  groups: [{ code: '001', label: { vi: 'Quận Thử Nghiệm', en: 'Test District' } }],
  items: ['00001', '00004', '00007', '00010', '00013'].map(code =>
    ({ code, label: { vi: `Phường ${code}`, en: `Ward ${code}` }, group: '001' })),
});
export const lists = { agencies };

const ward = { role: 'ward', kind: 'ward', office: { of: 'agency' }, reads: ['agency', 'note'] };
const ofDistrict = (role, prefix) =>
  ({ role, kind: role, office: { district_of: 'agency', prefix }, reads: ['agency', 'note'] });

/** A compiled form of two questions. */
const compiled = async (id, version, mode, recipients) => JSON.stringify({
  formdef: 1, id, version, level: 3, mode, code: '0.000000',
  title: { vi: `Biểu mẫu thử ${id}`, en: `Test form ${id}` },
  recipients,
  lists: { agencies: await digestOf(agencies) },
  sections: [{
    id: 'main', title: { vi: 'Nội dung', en: 'Contents' }, fields: [
      { id: 'agency', kind: 'agency', label: { vi: 'Cơ quan nhận', en: 'Receiving agency' }, required: true },
      { id: 'note', kind: 'text', label: { vi: 'Ghi chú', en: 'Note' }, required: false, length_max: 60000 },
    ],
  }],
  rules: [],
});

/** `{id, version, dates…}` of every version in the catalogue; the compiled texts are in `forms`. */
const versions = [
  { id: 'one-office', version: 2 },
  { id: 'three-offices', version: 1, recipients: [ward, ofDistrict('police', 'ca-'), ofDistrict('insurance', 'bh-')] },
  { id: 'trial-form', version: 1, mode: 'trial' },
  { id: 'opens-later', version: 1, dates: { opens: NOW + 1 } },
  { id: 'withdrawn', version: 1, dates: { opens: ISSUED - DAY, closes: NOW } },
  { id: 'replaced', version: 1, dates: { closes: NOW - DAY, accept_until: NOW } },
  { id: 'replaced', version: 2, dates: { closes: NOW - DAY, accept_until: NOW + 1 } },
];

export const forms = {};
const catalogueForms = [];
for (const { id, version, mode = 'live', recipients = [ward], dates = {} } of versions) {
  const text = await compiled(id, version, mode, recipients);
  forms[`${id}.${version}`] = text;
  catalogueForms.push({
    id, version, sha256: await digestOf(text), ...dates, mode,
    recipients: recipients.map(({ role, kind }) => ({ role, kind })), attachments_bytes_max: 0,
  });
}

/** What a manifest says of a form of this city. */
export const formRef = async (id, version) => ({ id, version, sha256: await digestOf(forms[`${id}.${version}`]) });

export const catalogue = {
  v: 1, serial: ISSUED, iat: ISSUED, exp: ISSUED + 30 * DAY, portal: PORTAL, relay: RELAY,
  publishers: [publicJwk(keys.publisher)],
  relays: [dated('relay'), dated('relay-retired', ISSUED - 400 * DAY, ISSUED - DAY)],
  logs: [log.public, earlierLog.public],
  acks: [dated('ack'), dated('ack-retired', ISSUED - 400 * DAY, ISSUED - DAY)],
  forms: catalogueForms, offices, recovery: dated('recovery'),
};

export const keyFile = { v: 1, serial: ISSUED, iat: ISSUED, exp: ISSUED + 30 * DAY, office: offices[0] };

/** A published file, signed by `signer` and naming `named`. */
export const publish = (typ, payload, signer = keys.publisher, named = signer) =>
  sign(namedHeader(typ, named.kid), typeof payload === 'string' ? payload : JSON.stringify(payload), signer);

/** Writes the files of the city that readers of the vectors need. */
export async function writeCity() {
  for (const inner of ['forms/', 'lists/']) mkdirSync(new URL(inner, folder), { recursive: true });
  for (const [name, text] of Object.entries(forms)) writeFileSync(new URL(`forms/${name}.json`, folder), text);
  for (const [name, text] of Object.entries(lists)) writeFileSync(new URL(`lists/${name}.json`, folder), text);
  writeFileSync(new URL('log.key', folder), `${log.private}\n`);
  writeFileSync(new URL('catalogue.jws', folder), await publish('catalogue', catalogue));
}
