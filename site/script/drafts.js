/**
 * Drafts as they lie on the device: what was typed, sealed under a key of its own that cannot be taken out of this browser.
 * No DOM; time comes in.
 */

/** @typedef {{ form: string, key: CryptoKey, iv: Uint8Array<ArrayBuffer>, sealed: ArrayBuffer, until: number }} SealedDraft */

const AES = 'AES-GCM';

/** @type {() => Promise<IDBDatabase>} */
const openDrafts = () =>
  new Promise((resolve, reject) => {
    const opening = indexedDB.open('motcua-drafts');
    opening.onupgradeneeded = () => opening.result.createObjectStore('drafts', { keyPath: 'form' });
    opening.onsuccess = () => resolve(opening.result);
    opening.onerror = () => reject(opening.error);
  });

/** What a request brings, once what it did is on the disk. @type {(mode: IDBTransactionMode, ask: (drafts: IDBObjectStore) => IDBRequest) => Promise<any>} */
const inDrafts = async (mode, ask) => {
  const store = await openDrafts();
  try {
    const transaction = store.transaction('drafts', mode);
    const request = ask(transaction.objectStore('drafts'));
    await new Promise((resolve, reject) => {
      transaction.oncomplete = resolve;
      transaction.onerror = transaction.onabort = () => reject(transaction.error);
    });
    return request.result;
  } finally {
    store.close();
  }
};

/** A key for a new draft. */
export const newDraftKey = () => crypto.subtle.generateKey({ name: AES, length: 256 }, false, ['encrypt', 'decrypt']);

const nameBytes = (/** @type {string} */ form) => new TextEncoder().encode(`motcua/draft/v1 ${form}`);

/** Keeps what was typed into a form until a day; fails when the device has no room. @type {(form: string, key: CryptoKey, content: unknown, until: number) => Promise<void>} */
export const keepDraft = async (form, key, content, until) => {
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const sealed = await crypto.subtle.encrypt({ name: AES, iv, additionalData: nameBytes(form) }, key, new TextEncoder().encode(JSON.stringify(content)));
  await inDrafts('readwrite', (drafts) => drafts.put({ form, key, iv, sealed, until }));
};

/** Erases the draft of a form and its key. @type {(form: string) => Promise<void>} */
export const eraseDraft = (form) => inDrafts('readwrite', (drafts) => drafts.delete(form));

/** The draft of a form, opened; those of all forms that are out of time are erased first. @type {(form: string, now: number) => Promise<{ key: CryptoKey, until: number, content: any } | undefined>} */
export const draftOf = async (form, now) => {
  /** @type {SealedDraft[]} */
  const all = await inDrafts('readonly', (drafts) => drafts.getAll());
  for (const draft of all) if (draft.until <= now) await eraseDraft(draft.form);
  const draft = all.find((one) => one.form === form && one.until > now);
  if (!draft) return undefined;
  const { key, iv, sealed, until } = draft;
  const opened = await crypto.subtle.decrypt({ name: AES, iv, additionalData: nameBytes(form) }, key, sealed);
  return { key, until, content: JSON.parse(new TextDecoder().decode(opened)) };
};
