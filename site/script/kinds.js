/**
 * The kinds of field, one folder each in `components/`. Each adds itself: those that `core.js` names in every form's page,
 * the others when the page of a form that uses them loads them.
 *
 * @import { Kind } from './types'
 */

/** What is wrong with an answer; what its inputs say, where that is not as it stands there; the JSON type of its answers where that is not a string, for an object its parts. @type {Record<string, Kind>} */
export const kinds = {};
