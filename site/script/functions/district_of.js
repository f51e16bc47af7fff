/** @import { Scope } from '../types' */
import { functions } from '../expr.js';

/** The district that a ward is in, by the list of agencies. @type {(ward: string, scope: Scope) => string | undefined} */
functions.district_of = (ward, { lists }) => lists.agencies?.items.find(({ code }) => code === ward)?.group;
