/** The box with what is wrong with the sources: where, the line itself, what is wrong, what to do. */
import { element, wordsOf } from './words.js';

/** The box's content; nothing when there is no fault. */
export const faultBox = (faults, language, hasPage) => {
  if (faults.length === 0) return [];
  const words = wordsOf(language);
  return [
    element('h2', {}, words.faults(faults.length)),
    element('p', {}, hasPage ? words.lastGood : words.noPage),
    element('ol', {}, ...faults.map((fault) => element('li', {}, ...lines(fault, language)))),
  ];
};

const lines = ({ path, line, column, width, source, message, mend }, language) => {
  const said = (text) => text[language] ?? text.en;
  const place = line ? `${path}:${line}:${column}` : path;
  return [
    place && element('p', { class: 'place' }, place),
    source && element('pre', {}, ...marked(source, column, width)),
    element('p', { class: 'message' }, said(message)),
    mend && element('p', { class: 'mend' }, said(mend)),
  ].filter(Boolean);
};

/** The line with what is meant of it marked; columns count characters, not the halves that strings are made of. */
const marked = (source, column, width) => {
  const characters = [...source];
  const part = (from, to) => characters.slice(from, to).join('');
  const [start, end] = [column - 1, column - 1 + width];
  return [part(0, start), element('mark', {}, part(start, end) || ' '), part(end)];
};
