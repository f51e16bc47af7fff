/**
 * The page that checks a receipt: a file that somebody chooses or drops, against the keys that were published with the
 * page. Nothing is sent and nothing is asked for, so it works without a network.
 *
 * @import { Jwk, Receipt } from './types'
 */
import { bytesOf } from './signed.js';
import { checkProof } from './proof.js';
import { cityTime, referenceOf } from './reference.js';
import { element, fillGaps, one } from './page.js';
import { signedReceipt } from './verified.js';

/** A receipt and the proof below it, in a file that a page saved. */
const SAVED = /(eyJ[\w-]+\.[\w-]+\.[\w-]+)\s+(c2sp\.org\/tlog-proof@v1\n[^]*?\n\n[^]*?\n\n(?:\u2014 \S+ \S+\n)+)/;

/** @type {{ relays: Jwk[], logs: string[] } | null} */
let keys;

/** @type {Record<string, string>} */
let labels;

/** What it says, as facts to read. @type {(receipt: Receipt) => HTMLElement} */
const facts = ({ form, agency, mode, manifest_sha256, received_at }) => {
  const rows = [
    [labels.reference, referenceOf(bytesOf(manifest_sha256))],
    [labels.received, cityTime(received_at)],
    [labels.form, `${form.id}, ${form.version}`],
    [labels.agency, agency],
    ...(mode === 'trial' ? [[labels.mode, labels.trial]] : []),
  ];
  const list = element('dl', '', { class: 'facts' });
  list.append(...rows.flatMap(([name, value]) => [element('dt', name), element('dd', value)]));
  return list;
};

/** What is to be said of a file. @type {(text: string) => Promise<HTMLElement[]>} */
const verdict = async (text) => {
  const line = (/** @type {string} */ words, /** @type {string} */ mark) => element('p', words, { class: 'notice', 'data-verdict': mark });
  if (!keys) return [line(labels.no_keys, 'error')];
  const [, jws, proof] = SAVED.exec(text) || [];
  if (!jws) return [line(labels.none, 'error')];
  // They stand in the page for as long as what they signed counts.
  const receipt = await signedReceipt(jws, keys.relays.map((jwk) => ({ kid: '', jwk, not_before: 0, not_after: Infinity })));
  if (!receipt) return [line(labels.forged, 'error')];
  const signed = line(labels.signed, 'good');
  return checkProof(proof, bytesOf(receipt.manifest_sha256), keys.logs).then(
    ({ index, size, log }) => [signed, line(fillGaps(labels.included, { index: index + 1n, size, log }), 'good'), facts(receipt)],
    ({ code }) => [signed, line(labels[code], 'error'), facts(receipt)],
  );
};

const checkFile = async (/** @type {File | undefined} */ file) => {
  if (!file) return;
  const found = await verdict(await file.text()).catch(() => [element('p', labels.none, { class: 'notice', 'data-verdict': 'error' })]);
  one('#verdict').replaceChildren(element('h2', file.name), ...found);
};

const begin = () => {
  if (!globalThis.crypto?.subtle) return;
  keys = JSON.parse(one('#keys').textContent || '');
  labels = JSON.parse(one('#words').textContent || '');
  one('#paper').hidden = true;
  one('#choose').hidden = false;
  const input = one('#file');
  input.addEventListener('change', () => checkFile(input.files?.[0]));
  addEventListener('dragover', (event) => event.preventDefault());
  addEventListener('drop', (event) => {
    event.preventDefault();
    checkFile(event.dataTransfer?.files[0]);
  });
  document.body.dataset.state = 'ready';
};

begin();
