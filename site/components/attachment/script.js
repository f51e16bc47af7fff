/** @import { Answer } from '../../script/types' */
import { isOfType } from '../../script/check.js';
import { isPlain } from '../../script/characters.js';
import { kinds } from '../../script/kinds.js';

/** What is said of a file that was sent. @type {(file: Answer) => boolean} */
const isDescriptor = (file) =>
  isOfType(file, ['part', 'name', 'type', 'size']) &&
  typeof file.part === 'string' &&
  /^[a-z0-9-]{1,32}$/.test(file.part) &&
  isPlain(file.name, 255) &&
  typeof file.type === 'string' &&
  !!file.type &&
  Number.isSafeInteger(file.size) &&
  file.size > 0;

kinds.attachment = [
  // So many files, each described, of a type that is taken, and not too large.
  (value, { types = [], count_max = 0, bytes_max = 0 }) => {
    const parts = new Set(value.map((/** @type {Answer} */ file) => file?.part));
    if (!value.length || !value.every(isDescriptor) || parts.size < value.length) return 'shape';
    if (value.length > count_max) return 'count/files';
    for (const { type, size } of value) {
      if (!types.includes(type)) return 'file-type';
      if (size > bytes_max) return 'file-size';
    }
    return undefined;
  },
  // A paper is brought to the counter: no input of the page says anything of it.
  () => undefined,
  'array',
];
