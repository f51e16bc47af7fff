/** @import { Answer, Field } from '../../script/types' */

/** How many entries; `script/check.js` checks what stands in them. @type {(value: Answer, field: Field) => string | undefined} */
export const checkRepeat = ({ length }, { min = 0, max = 20 }) => (!length ? 'shape' : length < min || length > max ? 'count' : undefined);

/** `script/answers.js` reads entry by entry: it knows how many there are. */
export const readRepeat = () => undefined;
