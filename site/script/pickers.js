/** A button behind every long list, which opens a line to type a name in. The list itself stays as it is, and stays the answer. */
import { all, arrangements, element, loadScript, sheet } from './page.js';
import { lists } from './lists.js';

/** A list with more names than this is long. */
const NAMES_MAX = 200;

const { picker: ofPicker } = /** @type {any} */ (lists.beside);

/** The button's place, by what it stands behind: the list, or the label that holds it. @type {Map<Element, HTMLElement>} */
const places = new Map();

const placeFor = (/** @type {HTMLSelectElement} */ list) => {
  const button = element('button', ofPicker.ui.open, { type: 'button', class: 'quiet', 'data-pick': '' });
  const status = element('span', '', { class: 'hint', role: 'status' });
  const [label] = list.labels;
  const title = label.firstChild?.textContent || '';
  button.ariaLabel = `${ofPicker.ui.open}: ${title}`;
  button.addEventListener('click', async () => {
    const picker = await loadScript(ofPicker.script).catch(() => undefined);
    status.textContent = picker ? '' : ofPicker.ui.failed;
    picker?.pick(list, title, ofPicker);
  });
  const place = element('p');
  place.append(button, ' ', status);
  return place;
};

/** Each long list has its button, shown as long as the list is. */
const arrangePickers = () => {
  for (const control of all('select', sheet)) {
    const list = /** @type {HTMLSelectElement} */ (/** @type {unknown} */ (control));
    const before = list.closest('label') || list;
    if (list.options.length <= NAMES_MAX) continue;
    if (!places.has(before)) {
      places.set(before, placeFor(list));
      before.after(/** @type {HTMLElement} */ (places.get(before)));
    }
    /** @type {HTMLElement} */ (places.get(before)).hidden = before.hidden;
  }
};

// Browsers that know no dialogue have the list.
if (globalThis.HTMLDialogElement) {
  arrangements.push(arrangePickers);
  arrangePickers();
}
