/** The box with what is wrong with the sources: where, the line itself, what is wrong, what to do. */
import { element, wordsOf } from './words.js';

/**
 * A fault as the preview is told it (`preview/events.rs`); words by language.
 *
 * @typedef {{ path?: string, line?: number, column?: number, width?: number, source?: string, message: Record<string, string>, mend?: Record<string, string> }} Fault
 */

/** The box's content; nothing when there is no fault. @type {(faults: Fault[], language: string, hasPage: boolean) => HTMLElement[]} */
export const faultBox = (faults, language, hasPage) => {
  if (faults.length === 0) return [];
  const words = wordsOf(language);
  return [
    element('h2', {}, words.faults(faults.length)),
    element('p', {}, hasPage ? words.lastGood : words.noPage),
    element('ol', {}, ...faults.map((fault) => element('li', {}, ...lines(fault, language)))),
  ];
};

/** @type {(fault: Fault, language: string) => HTMLElement[]} */
const lines = ({ path = '', line, column = 1, width = 1, source, message, mend }, language) => {
  const said = (/** @type {Record<string, string>} */ text) => text[language] ?? text.en;
  const place = line ? `${path}:${line}:${column}` : path;
  return [
    place && element('p', { class: 'place' }, place),
    source && element('pre', {}, ...marked(source, column, width)),
    element('p', { class: 'message' }, said(message)),
    mend && element('p', { class: 'mend' }, said(mend)),
  ].filter((line) => line instanceof HTMLElement);
};

/** The line with what is meant of it marked; columns count characters, not the halves that strings are made of. @type {(source: string, column: number, width: number) => (HTMLElement | string)[]} */
const marked = (source, column, width) => {
  const characters = [...source];
  const part = (from = 0, to = characters.length) => characters.slice(from, to).join('');
  const [start, end] = [column - 1, column - 1 + width];
  return [part(0, start), element('mark', {}, part(start, end) || ' '), part(end)];
};
