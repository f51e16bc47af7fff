/**
 * A draft carried to another device: saved as a file under a pass-phrase, opened there. Nothing of it stays on the device.
 */
import { DRAFT_FILE_BYTES_MAX, NotOpened, fromDraftFile, toDraftFile } from './carried.js';
import { clicks, element, fillGaps, one } from './page.js';
import { putBack, typing } from './typing.js';
import { cityNow } from './clock.js';
import { lists } from './lists.js';

/** Who guesses has the file and all the time in the world. */
const PHRASE_LENGTH_MIN = 12;

const { carry: { ui: carryWords }, draft: { ui: drafts } } = /** @type {any} */ (lists.beside);

/** The form's address names it, in every language. */
const nameOfForm = () => location.pathname.split('/').at(-3) || '';

/** Says what came of it. */
const report = (/** @type {string} */ words, kind = '') => {
  const status = one('#carry [role=status]');
  status.className = kind;
  status.textContent = words;
};

/** The pass-phrase; nothing, and a word, when it is too short. */
const phraseTyped = () => {
  const input = one('#carry-phrase');
  if (input.value.trim().length >= PHRASE_LENGTH_MIN) return input.value;
  report(carryWords.short, 'error');
  input.focus();
  return '';
};

const labelled = (/** @type {string} */ words, /** @type {string} */ id, /** @type {Record<string, string>} */ attributes) => {
  const line = element('p');
  line.append(element('label', words, { for: id }), element('input', '', { id, ...attributes }));
  return line;
};

/** Shows the place for it. @type {(box: Element) => void} */
export const openCarry = (box) => {
  const place = element('section', '', { id: 'carry' });
  const heading = element('h2', carryWords.title, { tabindex: '-1' });
  const actions = element('p', '', { class: 'actions' });
  actions.append(element('button', carryWords.save, { type: 'button', class: 'quiet', 'data-carry-save': '' }), ' ', element('button', carryWords.open, { type: 'button', class: 'quiet', 'data-carry-open': '' }));
  const phrase = labelled(carryWords.phrase, 'carry-phrase', { autocomplete: 'off', autocapitalize: 'off', spellcheck: 'false', 'aria-describedby': 'carry-hint' });
  phrase.append(element('small', carryWords.hint, { id: 'carry-hint' }));
  place.append(heading, element('p', carryWords.lead), phrase, labelled(carryWords.file, 'carry-file', { type: 'file', accept: '.motcua' }), actions, element('p', '', { role: 'status' }));
  box.append(place);
  heading.focus();
};

clicks.carrySave = async () => {
  const phrase = phraseTyped();
  if (!phrase) return;
  report(carryWords.sealing);
  const file = await toDraftFile({ form: nameOfForm(), title: one('h1').textContent, typing: typing() }, phrase);
  const link = element('a', '', { href: URL.createObjectURL(new Blob([file])), download: `draft-${cityNow().slice(0, 10)}.motcua` });
  link.click();
  report(carryWords.saved);
};

clicks.carryOpen = async () => {
  const [file] = one('#carry-file').files || [];
  if (!file) return report(carryWords.choose, 'error');
  const phrase = phraseTyped();
  if (!phrase) return;
  report(carryWords.opening);
  try {
    if (file.size > DRAFT_FILE_BYTES_MAX) throw new NotOpened('none');
    const { form, title, typing: kept } = await fromDraftFile(new Uint8Array(await file.arrayBuffer()), phrase);
    if (form !== nameOfForm()) return report(fillGaps(carryWords.other, { title }), 'error');
    const lost = await putBack(kept);
    report(lost[0] ? `${carryWords.opened} ${fillGaps(drafts.lost, { labels: lost.join('; ') })}` : carryWords.opened);
  } catch (failure) {
    report(carryWords[failure instanceof NotOpened ? failure.message : 'damaged'], 'error');
  }
};
