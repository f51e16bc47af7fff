/** @import { Answer, Context } from '../../script/types' */
import { isListed } from '../../script/characters.js';
import { kinds } from '../../script/kinds.js';

/** Whether it can be chosen at a moment. @type {(its: { opens?: string, closes?: string } | undefined, context: Context) => boolean} */
const isOpen = ({ opens = '', closes = '9' } = {}, { at }) => opens <= at && at < closes;

/** A code of a list that can be chosen now. @type {(list: string, value: Answer, context: Context) => string | undefined} */
export const checkListed = (list, value, context) =>
  !isListed(context.lists, list, value) ? 'option' : isOpen(context.lists[list]?.items.find(({ code }) => code === value), context) ? undefined : 'not-open';

kinds.choice = [
  (value, { list, options }, context) => {
    const option = options?.find((its) => its.value === value);
    // On a page there is no other code to choose than its options.
    const fault = list ? checkListed(list, value, context) : options && !option ? 'option' : isOpen(option, context) ? undefined : 'not-open';
    return fault === 'not-open' ? 'not-open/option' : fault;
  },
];
