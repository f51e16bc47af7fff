/** The one way from an address to a worker: browsers with Trusted Types take no other, and this one only what the portal published. */
const OURS = /^\/(assets\/[\w.-]+|worker)\.js$/;

const policy = /** @type {any} */ (globalThis).trustedTypes?.createPolicy('motcua', {
  createScriptURL: (/** @type {string} */ path) => {
    if (OURS.test(path)) return path;
    throw new TypeError(`${path}: no script of the portal`);
  },
});

/** The path of a script as `Worker` and `serviceWorker.register` take it. @type {(path: string) => string} */
export const scriptAddress = (path) => (policy ? policy.createScriptURL(path) : path);
