/** Amending or withdrawing an earlier submission: asked for by the address, and loaded then. */
import { askedWay } from './chain.js';
import { lists } from './lists.js';
import { loadScript } from './page.js';

const openAsked = async () => {
  const asked = askedWay(location.hash);
  if (!asked) return;
  const { openEarlier } = await loadScript(/** @type {any} */ (lists.beside).follow.script);
  await openEarlier(...asked);
};

// The receipt of this very page leads here, too.
addEventListener('hashchange', () => askedWay(location.hash) && location.reload());
/** When the form is filled in as it was sent. */
export const earlier = openAsked().catch(() => {});
