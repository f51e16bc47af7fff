/**
 * Faults where people see them: at the field, tied to its control, and in the summary above.
 *
 * @import { Fault } from './types'
 */
import { all, controls, element, fieldElement, fillGaps, one } from './page.js';
import { lists } from './lists.js';
import { stops } from './check.js';

/** What stands below a question. */
const LINES = '.hint,.error,.note';

/** The words of the question: the text of its legend or label, without what stands in it. */
export const labelOf = (/** @type {Element} */ field) =>
  ([.../** @type {Iterable<Text>} */ (one('legend,label', field).childNodes)].find(({ data }) => data?.trim())?.data || '').trim();

/** The words of a fault. */
const faultWords = (/** @type {Fault} */ { field, words, gaps }) => fillGaps(/** @type {any} */ (lists['words.faults'])[words], { ...gaps, label: labelOf(fieldElement(field)) });

/** A fault as a line to read. */
export const faultLine = (/** @type {Fault} */ fault) => element('p', faultWords(fault), { class: stops(fault) ? 'error' : 'note', 'data-rule': fault.rule });

/** Those of the faults that belong to fields under `root`. @type {(root: Element, faults: Fault[]) => Fault[]} */
export const faultsUnder = (root, faults) => faults.filter(({ field }) => root.contains(fieldElement(field)));

/** Replaces the faults that stand at the fields under `root`. @type {(root: Element, faults: Fault[]) => void} */
export const showFaults = (root, faults) => {
  for (const old of all('.error,.note', root)) old.remove();
  for (const field of all('[data-kind]', root)) {
    const own = faults.filter((fault) => fault.field === field.dataset.field);
    let above = field.firstElementChild;
    while (above?.nextElementSibling?.matches(LINES)) above = above.nextElementSibling;
    above?.after(...own.map(faultLine));
    describe(field, own.some(stops));
  }
};

/** Hint and faults are read out with the control, or with the group of controls. @type {(field: Element, isWrong?: boolean) => void} */
export const describe = (field, isWrong = false) => {
  const inputs = controls(field);
  const target = field.matches('fieldset') ? field : inputs[0] || field;
  const ids = [...field.children].filter((line) => line.matches(LINES)).map((line, index) => (line.id = `d${index}-${target.id}`));
  if (ids[0]) target.setAttribute('aria-describedby', ids.join(' '));
  else target.removeAttribute('aria-describedby');
  if (field.matches('[data-kind=repeat]')) return;
  for (const input of inputs) if (input.type !== 'radio') input.setAttribute('aria-invalid', `${isWrong}`);
};

/** The control at which a field's fault is put right. */
export const firstControl = (/** @type {string} */ id) => {
  const [control] = controls(fieldElement(id));
  control.id ||= `i-${control.name}`;
  return control;
};

/** The box above the step: what stands in the way, each with a link to its field. No title: away. @type {(title?: string, faults?: Fault[]) => void} */
export const showSummary = (title = '', faults = []) => {
  const summary = one('#summary');
  const list = element('ul');
  for (const fault of faults) {
    const item = element('li');
    item.append(element('a', faultWords(fault), { href: `#${firstControl(fault.field).id}`, 'data-change': fault.field }));
    list.append(item);
  }
  summary.hidden = !title;
  summary.replaceChildren(element('h2', title), list);
  if (title) summary.focus();
};
