/**
 * Finds a name in a long list: a line to type in, with or without marks, and the names that fit as buttons. Pressing one chooses
 * it in the native list. What cannot be chosen now is named without a button.
 */
import { element, fillGaps, sheet } from './page.js';
import { fitting } from './fitting.js';
import { folded } from './folded.js';

/** How many names are offered at a time. */
const OFFERED_MAX = 10;

/** A name, and that of the group in which it stands. @typedef {{ name: string, group: string }} Named */

/** The names that fit what was typed: each of its words one of a name or its group. Those that have it as it was typed come first, then those whose words fit best. @type {<T extends Named>(typed: string, names: T[]) => T[]} */
export const namesLike = (typed, names) => {
  const wanted = folded(typed);
  if (!wanted) return [];
  const lines = names.map((named) => {
    const texts = [named.name, `${named.name} ${named.group}`].map(folded);
    return { named, texts, words: texts[1].split(' ') };
  });
  const known = [...new Set(lines.flatMap(({ words }) => words))];
  const weights = wanted.split(' ').map((typedWord) => new Map(fitting(typedWord, known).map(([place, weight]) => [known[place], weight])));
  return lines
    .map(({ named, texts, words }) => {
      const best = weights.map((its) => Math.max(...words.map((word) => its.get(word) || 0)));
      const distance = texts.filter((text) => !` ${text}`.includes(` ${wanted}`)).length;
      return { named, distance, fits: Math.min(...best) > 0, weight: best.reduce((sum, more) => sum + more) };
    })
    .filter(({ fits }) => fits)
    .sort((a, b) => a.distance - b.distance || b.weight - a.weight)
    .map(({ named }) => named);
};

/** The names that a list shows now, as people read them. */
const namesOf = (/** @type {HTMLSelectElement} */ { options }) =>
  [...options].filter((option) => option.value && !option.closest('optgroup[hidden], option[hidden]')).map((option) => {
    const { label: group = '' } = /** @type {HTMLOptGroupElement} */ (option.closest('optgroup') || {});
    return { option, name: option.text, group, isClosed: option.matches(':disabled') };
  });

/** Asks for a name of a list. @type {(list: HTMLSelectElement, title: string, its: { ui: Record<string, string> }) => void} */
export const pick = (list, title, { ui: words }) => {
  const names = namesOf(list);
  const dialogue = /** @type {HTMLDialogElement} */ (element('dialog', '', { id: 'picker', 'aria-labelledby': 'picker-title' }));
  const line = element('form');
  const field = /** @type {HTMLInputElement} */ (element('input', '', { id: 'picker-name', autocomplete: 'off', enterkeyhint: 'search', spellcheck: 'false' }));
  const status = element('p', '', { role: 'status' });
  const offered = element('ul');
  const close = element('button', words.close, { type: 'button', class: 'quiet' });

  const choose = (/** @type {HTMLOptionElement} */ option) => {
    option.selected = true;
    list.dispatchEvent(new Event('input', { bubbles: true }));
    dialogue.close();
    list.focus();
  };
  const offer = (/** @type {ReturnType<typeof namesOf>[0]} */ { option, name, group, isClosed }) => {
    const text = group ? `${name}, ${group}` : name;
    const its = element('li', isClosed ? text : '');
    if (isClosed) return its;
    const button = element('button', text, { type: 'button', class: 'quiet' });
    button.addEventListener('click', () => choose(option));
    its.append(button);
    return its;
  };
  /** What can be chosen now first. */
  const find = () => namesLike(field.value, names).sort((a, b) => Number(a.isClosed) - Number(b.isClosed));
  const show = () => {
    const found = find();
    const said = found[OFFERED_MAX] ? words.many : found[0] ? words.some : words.none;
    status.textContent = folded(field.value) ? fillGaps(said, { count: found.length }) : '';
    offered.replaceChildren(...found.slice(0, OFFERED_MAX).map(offer));
  };
  field.addEventListener('input', show);
  line.addEventListener('submit', (event) => {
    event.preventDefault();
    const [first] = find();
    if (first && !first.isClosed) choose(first.option);
  });
  close.addEventListener('click', () => dialogue.close());
  dialogue.addEventListener('close', () => dialogue.remove());

  line.append(element('label', words.label, { for: field.id }), field);
  dialogue.append(element('h2', title, { id: 'picker-title' }), line, status, offered, close);
  // Beside the form: what is typed here is no answer.
  sheet.after(dialogue);
  dialogue.showModal();
  field.focus();
};
