import { functions } from '../expr.js';

/** Whether an item of that code is open: for each item stand its code, from when and until when. */
functions.open = (code, ...rest) => {
  const { at } = rest.pop();
  return rest.some((its, index) => index % 3 === 0 && its === code && rest[index + 1] <= at && at < (rest[index + 2] || '9'));
};
