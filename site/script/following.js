/** Amending or withdrawing an earlier submission: asked for by the address, and loaded then. */
import { askedWay } from './chain.js';
import { lists } from './lists.js';
import { loadScript } from './page.js';

const openAsked = async () => {
  const asked = askedWay(location.hash);
  if (asked) (await loadScript(/** @type {any} */ (lists.beside).follow.script)).openEarlier(...asked);
};

// The receipt of this very page leads here, too.
addEventListener('hashchange', () => askedWay(location.hash) && location.reload());
openAsked().catch(() => {});
