import { functions } from '../expr.js';

/** Code points of a text, entries of a group. */
functions.size = (value) => [...value].length;
