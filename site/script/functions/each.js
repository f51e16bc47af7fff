/** @import { Answers } from '../types' */
import { functions } from '../expr.js';

/** What the entries of a group answer to one of its questions. @type {(entries: Answers[], member: string) => unknown} */
functions.each = (entries, member) => {
  const several = entries.map((entry) => entry[member]).filter((answer) => answer !== undefined);
  return several.length ? several : undefined;
};
