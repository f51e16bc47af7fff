/**
 * How the kept submissions of one case follow each other, and the ways to the next one.
 *
 * @import { KeptCase } from './types'
 */
import { element } from './page.js';

/** The one that amends or withdraws it. @type {(kept: KeptCase, all: KeptCase[]) => KeptCase | undefined} */
export const followerOf = ({ id }, all) => all.find(({ follows }) => follows?.amends === id || follows?.withdraws === id);

/** Links to the form's page, which reads what is asked of it behind `#`. @type {(kept: KeptCase, words: { amend: string, withdraw: string }) => HTMLElement[]} */
export const waysOn = ({ page, reference }, { amend, withdraw }) =>
  Object.entries({ amend, withdraw }).map(([way, label]) => element('a', label, { class: 'button quiet', href: `${page}#${way}=${reference}`, 'aria-label': `${label}: ${reference}` }));

/** What an address asks for: the way, and the reference of the earlier submission. @type {(hash: string) => string[] | undefined} */
export const askedWay = (hash) => /^#(amend|withdraw)=([\dA-Z]{5}-[\dA-Z]{5})$/.exec(hash)?.slice(1);
