// The kinds and functions of the core and those of all its pieces, as a page has them that links everything.
import { readdirSync } from 'node:fs';

const SITE = new URL('../../site/', import.meta.url);
const paths = readdirSync(SITE, { recursive: true }).filter((path) => /^components\/.*\/script\.js$|^script\/functions\//.test(path));
await Promise.all(paths.map((path) => import(new URL(path, SITE))));

export { kinds } from '../../site/script/kinds.js';
