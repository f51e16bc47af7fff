/** Starts the worker that keeps pages for when there is no network (`worker.js`); where it cannot be, a page needs its network. */
import { scriptAddress } from './trusted.js';

/** Whether somebody looks at `motcua serve`: at what is being written. */
export const isPreview = () => !!document.querySelector('script[src^="/_motcua/"]');

const startKeeping = async () => {
  const { serviceWorker } = navigator;
  // What is shown there changes with every save.
  if (isPreview()) return void (await serviceWorker.getRegistration())?.unregister();
  await serviceWorker.register(scriptAddress('/worker.js'));
  const { active } = await serviceWorker.ready;
  // It came after this page: it does not know it yet.
  if (!serviceWorker.controller) active?.postMessage('');
};

startKeeping().catch(() => {});
