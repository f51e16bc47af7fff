/** @import { Answer, Typed } from '../../script/types' */

/** @type {(value: Answer) => string | undefined} */
export const checkDeclaration = (value) => (value ? undefined : 'required');

/** @type {(typed: Typed) => Answer} */
export const readDeclaration = (typed) => typed() && true;
