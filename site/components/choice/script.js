/** @import { Answer, Context, Field } from '../../script/types' */
import { isListed } from '../../script/characters.js';
import { readText } from '../text/script.js';

/** A code of a list that can be chosen today. @type {(list: string, value: Answer, context: Context) => string | undefined} */
export const checkListed = (list, value, { lists, today }) => {
  const { opens = '', closes = '9' } = lists[list]?.items.find(({ code }) => code === value) || {};
  return !isListed(lists, list, value) ? 'option' : opens > today || closes <= today ? 'not-open' : undefined;
};

/** @type {(value: Answer, field: Field, context: Context) => string | undefined} */
export const checkChoice = (value, { list, options = [] }, context) =>
  list ? checkListed(list, value, context) : options.some((option) => option.value === value) ? undefined : 'option';

export const readChoice = readText;
