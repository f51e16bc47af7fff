// Definitions as pages have them: what `page.js` reads from the HTML, and the data block.

/** What no page can give, as it sends what it asks and works out itself; the intake refuses it. */
export const NEVER = new Set(['not-shown', 'unknown-field', 'computed']);

/** Bounds are texts in the HTML; those of a repeat group always stand there. */
const bounds = (kind, min = kind === 'repeat' ? 0 : undefined, max = kind === 'repeat' ? 20 : undefined) => ({ min: min?.toString(), max: max?.toString() });

const withoutNothing = (members) => JSON.parse(JSON.stringify(members));

const fieldOf = ({ id, kind, required, list, options, min, max, levels, length_min, length_max, types, count_max, bytes_max, fields }, page, group = '') => ({
  ...withoutNothing({ id, kind, list, options, length_min: length_min?.toString(), length_max: length_max?.toString(), types, count_max, bytes_max, ...bounds(kind, min, max), levels: levels === 1 ? '1' : undefined }),
  ...(required ? {} : { optional: '' }),
  ...page.fields[group + id],
  fields: fields?.map((member) => fieldOf(member, page, `${id}[0].`)),
});

/** A compiled form and its page form, as checks take them. */
export const pageForm = ({ sections }, page) => ({
  rules: page.rules,
  fields: sections.flatMap(({ id, fields }) => fields.map((field) => ({ ...fieldOf(field, page), section_when: page.sections[id] }))),
});
