/**
 * Files on their way to the relay, as a person sees them: how much is there, and a button to pause.
 *
 * @import { Waiting } from './types'
 */
import { element, fillGaps } from './page.js';
import { pause, resume, upload } from './upload.js';

/** «1,2 MB» */
export const sizeWords = (/** @type {number} */ bytes) => {
  const amount = new Intl.NumberFormat(document.documentElement.lang, { maximumFractionDigits: 1 });
  return bytes < 1e6 ? `${amount.format(Math.ceil(bytes / 1e3))} KB` : `${amount.format(bytes / 1e6)} MB`;
};

/** Sends what the relay does not have yet and shows it below `place`; the receipt. @type {(place: Element, texts: Record<string, string>, its: Pick<Waiting, 'relay' | 'id' | 'files'>) => Promise<string>} */
export const uploadBelow = async (place, texts, its) => {
  const words = element('span');
  const bar = /** @type {HTMLProgressElement} */ (element('progress', '', { max: '1', 'aria-label': texts.file_sending }));
  const button = element('button', texts.file_pause, { type: 'button', class: 'quiet', 'data-pause': '' });
  const line = element('div', '', { id: 'upload' });
  line.append(bar, words, ' ', button);
  place.after(line);
  let isPaused = false;
  button.addEventListener('click', () => {
    isPaused = !isPaused;
    button.textContent = isPaused ? texts.file_resume : texts.file_pause;
    if (isPaused) pause();
    else resume();
  });
  try {
    return await upload(its.relay, its, (sent, all, isWaiting) => {
      bar.value = sent / all;
      words.textContent = fillGaps(isWaiting ? texts.file_waiting : texts.file_sent, { sent: sizeWords(sent), all: sizeWords(all) });
    });
  } finally {
    line.remove();
  }
};
