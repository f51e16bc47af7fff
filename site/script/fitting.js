/** Which words fit one that was typed, folded all of them: with a slip where none fits without. No DOM. */

/** How a word fits one that was typed: the same, its beginning, nearly. */
const SAME = 4;
const BEGINS = 2;
const NEARLY = 1;

/** Whether one letter more, less, other or exchanged with the next makes one word of the other. */
export const isSlip = (/** @type {string} */ a, /** @type {string} */ b) => {
  let at = 0;
  while (at < a.length && a[at] === b[at]) at++;
  const [x, y] = [a.slice(at), b.slice(at)];
  const [x1, y1] = [x.slice(1), y.slice(1)];
  return x1 === y1 || x === y1 || x1 === y || (x[0] === y[1] && x[1] === y[0] && x.slice(2) === y.slice(2));
};

/** The words that fit one that was typed, by their places, and how well. */
export const fitting = (/** @type {string} */ typed, /** @type {string[]} */ words) => {
  /** @type {(fits: (word: string) => boolean, weight: number) => [number, number][]} */
  const those = (fits, weight) => words.flatMap((word, place) => (fits(word) ? [[place, weight]] : []));
  const found = [...those((word) => word === typed, SAME), ...those((word) => word !== typed && word.startsWith(typed), BEGINS)];
  return found[0] || typed.length < 3 ? found : those((word) => isSlip(typed, word), NEARLY);
};
