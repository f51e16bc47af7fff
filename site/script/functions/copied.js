/**
 * Worked-out values that are made of other answers: an answer, one of two, several under names.
 *
 * @import { Answer, Tree } from '../types'
 */
import { isInexact, lenient } from '../expr.js';
import { dayWords } from '../lists.js';
import { derived } from '../sheet.js';
import { fieldElement } from '../page.js';
import { kinds } from '../kinds.js';
import { wordsOf } from '../words.js';

/** The members, `[name, tree]`, of a tree that begins with `map`. */
const membersOf = (/** @type {Tree[]} */ flat) => flat.flatMap((name, index) => (index % 2 ? [] : [[name, flat[index + 1]]]));

lenient.map = (operands) => {
  const known = membersOf(operands).filter(([, member]) => member !== undefined && !isInexact(member));
  return known.length ? Object.fromEntries(known) : undefined;
};

/** In the words of the answers that it is made of, or of the kind that it gives. @type {(tree: Tree, valueOf: (tree: Tree) => Answer, gives?: string) => string} */
const wordsOfCopy = (tree, valueOf, gives = '') => {
  const value = valueOf(tree);
  if (value === undefined) return '';
  const inWords = kinds[gives]?.[4];
  if (inWords) return inWords(value);
  const [op, ...operands] = Array.isArray(tree) ? tree : [];
  if (op === 'get') return wordsOf(fieldElement(operands[0]));
  if (op === '?') return wordsOfCopy(operands[valueOf(operands[0]) ? 1 : 2], valueOf);
  if (op === 'map') return membersOf(operands).map(([, member]) => wordsOfCopy(member, valueOf)).filter(Boolean).join('; ');
  return dayWords(value);
};

derived.words = (value, { value: tree, gives }, valueOf) => wordsOfCopy(tree, valueOf, gives);
