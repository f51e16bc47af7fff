/**
 * Files of papers: chosen at the list of papers, looked at, freed of what a camera writes beside a picture, made smaller when the
 * person agrees, sealed by a worker and kept sealed until the relay has them. The original goes to the counter all the same.
 *
 * @import { Chosen, Filing, SealedFile, Waiting } from './types'
 */
import { forget, sweep } from './shelf.js';
import { INVISIBLE } from './characters.js';
import { bare } from './bare.js';
import { all, clicks, data, element, one, say } from './page.js';
import { Refused } from './send.js';
import { asked } from './sheet.js';
import { scriptAddress } from './trusted.js';
import { shrunk } from './shrink.js';
import { sizeWords, uploadBelow } from './uploading.js';
import { allWaiting } from './outbox.js';
import { toBase64url } from './seal.js';

/** Files and sealed bytes of one submission, all papers together (`envelope/FORMAT.md`, section 14). */
const [FILES_MAX, BYTES_MAX] = [20, 50 << 20];
/** How much of a file tells its type. */
const FORMAT_BYTES = 12;
const NAME_MAX = 255;

const { formats, sealer } = /** @type {Filing} */ (data.files);

/** By paper. @type {Record<string, Chosen[]>} */
const chosen = {};

/** Counts changes: what was sealed before one is sealed anew. */
let changes = 0;

/** The papers that this case needs. */
const papers = () => Object.keys(data.attachments).filter((id) => asked.holds(data.attachments[id].show_when));

/** What is chosen, paper by paper. */
const files = () => papers().flatMap((id) => chosen[id] || []);

/** Changes whenever other files would be sent. */
export const filesMark = () => `${changes} ${papers()}`;

/** Another case begins: its files are its own. */
export const forgetFiles = () => {
  for (const id in chosen) delete chosen[id];
  changes++;
};

/** Offers each paper of the list a place for files. */
export const offerFiles = () => {
  for (const id of Object.keys(data.attachments)) {
    const line = one(`[data-attachment="${id}"]`);
    const place = line.querySelector('[data-files]') || element('div', '', { 'data-files': id });
    line.append(place);
    showChosen(id);
  }
};

/** The receipt is here: the names of what was sent stay, nothing to press. */
export const endFiles = () => {
  for (const control of all('[data-files] :is(label,button)')) control.remove();
};

/** @type {(id: string, message?: Node) => void} */
const showChosen = (id, message) => {
  const { types, count_max } = data.attachments[id];
  const place = one(`[data-files="${id}"]`);
  const list = element('ul');
  for (const [index, { name, file, notes }] of (chosen[id] || []).entries()) {
    const line = element('li', `${name} (${sizeWords(file.size)}) `);
    if (notes) line.append(element('small', say(notes)), ' ');
    line.append(element('button', say('file_remove'), { type: 'button', class: 'link', 'data-unfile': id, 'data-index': `${index}`, 'aria-label': `${say('file_remove')}: ${name}` }));
    list.append(line);
  }
  const inputs = (chosen[id]?.length || 0) < count_max ? [input(id, say('file_choose'), { accept: types.join(), multiple: '' })] : [];
  // A telephone's own camera, where pictures are taken; elsewhere the style hides it.
  if (inputs[0] && types.includes('image/jpeg')) inputs.push(input(id, say('file_camera'), { accept: 'image/jpeg', capture: 'environment' }));
  const status = element('p', '', { role: 'status' });
  place.replaceChildren(list, ...inputs, status);
  if (message) status.append(message);
};

/** @type {(id: string, words: string, attributes: Record<string, string>) => HTMLElement} */
const input = (id, words, attributes) => {
  const label = element('label', words, 'capture' in attributes ? { class: 'camera' } : {});
  const its = /** @type {HTMLInputElement} */ (element('input', '', { type: 'file', ...attributes }));
  its.addEventListener('change', () => add(id, [...(its.files || [])]));
  label.append(its);
  return label;
};

/** The media type that a file's first bytes say. @type {(file: Blob) => Promise<string | undefined>} */
const mediaTypeOf = async (file) => {
  const bytes = new Uint8Array(await file.slice(0, FORMAT_BYTES).arrayBuffer());
  const digits = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
  return Object.keys(formats).find((type) => formats[type].some((begins) => new RegExp(`^${begins}`).test(digits)));
};

/** As the format has names: plain words. */
const nameOf = (/** @type {string} */ name) => [...name.normalize('NFC')].filter((letter) => !INVISIBLE.test(letter)).slice(0, NAME_MAX).join('').trim() || '?';

/** Takes files up to the first that cannot be taken, of which it says why. @type {(id: string, list: File[]) => Promise<void>} */
const add = async (id, list) => {
  const { types, count_max, bytes_max } = data.attachments[id];
  const its = (chosen[id] ||= []);
  /** @type {Node | undefined} */
  let message;
  for (const file of list) {
    const name = nameOf(file.name);
    const refuse = (/** @type {string} */ why) => (message = element('span', say(why, { name, count: count_max, size: sizeWords(bytes_max) }), { class: 'error' }));
    const type = await mediaTypeOf(file).catch(() => undefined);
    // What is larger than all papers together may be is not even read.
    const without = type && file.size <= BYTES_MAX && (await bare(file, type).catch(() => undefined));
    const plain = without || file;
    if (its.length >= count_max || files().length >= FILES_MAX) refuse('file_count');
    else if (!type || !types.includes(type)) refuse('file_type');
    else if (plain.size > bytes_max) message = await offerToShrink(id, file, name);
    else if (sum() + plain.size > BYTES_MAX) refuse('file_sum');
    else take(id, { file: plain, name, type, notes: !without ? 'file_notes' : without !== file ? 'file_bare' : '' });
    if (message) break;
  }
  showChosen(id, message);
  one('input', one(`[data-files="${id}"]`))?.focus();
};

const sum = () => files().reduce((bytes, { file }) => bytes + file.size, 0);

const take = (/** @type {string} */ id, /** @type {Chosen} */ its) => {
  changes++;
  (chosen[id] ||= []).push(its);
};

/** A picture that is too large may go smaller, when the person says so; other files cannot. @type {(id: string, file: File, name: string) => Promise<Node>} */
const offerToShrink = async (id, file, name) => {
  const { types, bytes_max } = data.attachments[id];
  const words = (/** @type {string} */ why) => say(why, { name, size: sizeWords(bytes_max) });
  const smaller = await shrunk(file, types, bytes_max);
  if (!smaller) return element('span', words('file_size'), { class: 'error' });
  const offer = element('span', `${words('file_large')} `);
  const button = element('button', say('file_shrink', { size: sizeWords(smaller.size) }), { type: 'button', class: 'quiet' });
  button.addEventListener('click', () => {
    take(id, { file: smaller, name, type: smaller.type, notes: 'file_bare' });
    showChosen(id);
  });
  offer.append(button);
  return offer;
};

clicks.unfile = ({ dataset }) => {
  const { unfile: id = '', index = '' } = dataset;
  chosen[id].splice(+index, 1);
  changes++;
  showChosen(id);
  one('input', one(`[data-files="${id}"]`)).focus();
};

/** Seals the files of a submission. @type {(id: string, report: (words: string) => void) => Promise<SealedFile[]>} */
export const sealFiles = async (id, report) => {
  await sweep((await allWaiting()).map((its) => its.id));
  await forget(id);
  const sealed = [];
  for (const [index, { file, name, type, field }] of papers().flatMap((field) => (chosen[field] || []).map((its) => ({ ...its, field }))).entries()) {
    report(say('file_sealing', { number: index + 1, count: files().length }));
    const n = `a${index + 1}`;
    sealed.push({ n, field, name, type, size: file.size, ...(await sealByWorker(id, n, file)) });
  }
  return sealed;
};

/** @type {(id: string, n: string, file: Blob) => Promise<{ len: number, pieces: string, kc: string, ikm: string }>} */
const sealByWorker = async (id, n, file) => {
  const [ikm, salt] = [16, 16].map((length) => crypto.getRandomValues(new Uint8Array(length)));
  const kc = await crypto.subtle.digest('SHA-256', new Uint8Array([...new TextEncoder().encode('motcua/kc/v1'), ...ikm]));
  const worker = new Worker(scriptAddress(sealer), { type: 'module' });
  try {
    const { len, pieces } = await new Promise((resolve, reject) => {
      const stop = (/** @type {string} */ code) => reject(new Refused({ code }));
      // Whatever goes wrong in it, it tells: this is that it did not come.
      worker.onerror = () => stop('files_part');
      worker.onmessage = ({ data: { failure, ...sealed } }) => (failure ? stop(failure) : resolve(sealed));
      worker.postMessage({ id, n, file, ikm, salt });
    });
    return { len, pieces: toBase64url(pieces), kc: toBase64url(kc), ikm: toBase64url(ikm) };
  } finally {
    worker.terminate();
  }
};

/** Sends the files of a submission; the receipt. @type {(its: Pick<Waiting, 'relay' | 'id' | 'files'>) => Promise<string>} */
export const sendFiles = (its) => uploadBelow(one('#status'), data.ui, its);
