/** Starts the worker that keeps pages for when there is no network (`worker.js`); where it cannot be, a page needs its network. */
import { scriptAddress } from './trusted.js';

const startKeeping = async () => {
  const { serviceWorker } = navigator;
  // Who looks at `motcua serve` looks at what is being written, not at what was kept.
  if (document.querySelector('script[src^="/_motcua/"]')) return void (await serviceWorker.getRegistration())?.unregister();
  await serviceWorker.register(scriptAddress('/worker.js'));
  const { active } = await serviceWorker.ready;
  // It came after this page: it does not know it yet.
  if (!serviceWorker.controller) active?.postMessage('');
};

startKeeping().catch(() => {});
