/** @import { Answer, Context, Field } from '../../script/types' */
import { isListed } from '../../script/characters.js';
import { readText } from '../text/script.js';

/** Whether it can be chosen at a moment. @type {(its: { opens?: string, closes?: string } | undefined, context: Context) => boolean} */
const isOpen = ({ opens = '', closes = '9' } = {}, { at }) => opens <= at && at < closes;

/** A code of a list that can be chosen now. @type {(list: string, value: Answer, context: Context) => string | undefined} */
export const checkListed = (list, value, context) =>
  !isListed(context.lists, list, value) ? 'option' : isOpen(context.lists[list]?.items.find(({ code }) => code === value), context) ? undefined : 'not-open';

/** @type {(value: Answer, field: Field, context: Context) => string | undefined} */
export const checkChoice = (value, { list, options = [] }, context) => {
  const option = options.find((option) => option.value === value);
  const fault = list ? checkListed(list, value, context) : !option ? 'option' : isOpen(option, context) ? undefined : 'not-open';
  return fault === 'not-open' ? 'not-open/option' : fault;
};

export const readChoice = readText;
