/**
 * What was typed as it lies on the device: sealed under a key of its own that cannot be taken out of this browser. Drafts lie here;
 * the copy of what was sent lies with its receipt (`store.js`). No DOM; time comes in.
 *
 * @import { SealedTyping } from './types'
 */
import { database } from './database.js';

/** `mark` is another one whenever something else was typed. @typedef {SealedTyping & { form: string, until: number, mark: string }} SealedDraft */

const AES = 'AES-GCM';

const inDrafts = database('motcua-drafts', { drafts: { keyPath: 'form' } });

/** A key for what is typed. */
export const newDraftKey = () => crypto.subtle.generateKey({ name: AES, length: 256 }, false, ['encrypt', 'decrypt']);

/** What is sealed says what it is, so that one thing is not taken for another. */
const draftName = (/** @type {string} */ form) => `motcua/draft/v1 ${form}`;
export const copyName = (/** @type {string} */ id) => `motcua/copy/v1 ${id}`;

/** @type {(key: CryptoKey, name: string, content: unknown) => Promise<SealedTyping>} */
export const sealTyping = async (key, name, content) => {
  const [additionalData, bytes] = [name, JSON.stringify(content)].map((text) => new TextEncoder().encode(text));
  const iv = crypto.getRandomValues(new Uint8Array(12));
  return { key, iv, sealed: await crypto.subtle.encrypt({ name: AES, iv, additionalData }, key, bytes) };
};

/** @type {(sealed: SealedTyping, name: string) => Promise<any>} */
export const openTyping = async ({ key, iv, sealed }, name) => {
  const opened = await crypto.subtle.decrypt({ name: AES, iv, additionalData: new TextEncoder().encode(name) }, key, sealed);
  return JSON.parse(new TextDecoder().decode(opened));
};

/** Keeps what was typed into a form until a day; fails when the device has no room. @type {(form: string, key: CryptoKey, content: unknown, until: number, mark: string) => Promise<void>} */
export const keepDraft = async (form, key, content, until, mark) => {
  const sealed = await sealTyping(key, draftName(form), content);
  await inDrafts('drafts', 'readwrite', (drafts) => drafts.put({ form, until, mark, ...sealed }));
};

/** Erases the draft of a form and its key. @type {(form: string) => Promise<void>} */
export const eraseDraft = (form) => inDrafts('drafts', 'readwrite', (drafts) => drafts.delete(form));

/** The mark of a form's draft. @type {(form: string) => Promise<string | undefined>} */
export const markOf = async (form) => /** @type {SealedDraft | undefined} */ (await inDrafts('drafts', 'readonly', (drafts) => drafts.get(form)))?.mark;

/** The draft of a form, opened; those of all forms that are out of time are erased first. @type {(form: string, now: number) => Promise<{ key: CryptoKey, until: number, content: any } | undefined>} */
export const draftOf = async (form, now) => {
  /** @type {SealedDraft[]} */
  const all = await inDrafts('drafts', 'readonly', (drafts) => drafts.getAll());
  for (const draft of all) if (draft.until <= now) await eraseDraft(draft.form);
  const draft = all.find((one) => one.form === form && one.until > now);
  return draft && { key: draft.key, until: draft.until, content: await openTyping(draft, draftName(form)) };
};
