/** @import { Answer, Typed } from '../../script/types' */

/** That it is true or false says its type. @type {(value: Answer) => string | undefined} */
export const checkYesNo = () => undefined;

/** @type {(typed: Typed) => Answer} */
export const readYesNo = (typed) => typed() && typed() === 'true';
