/** The city's time: the device's clock, or the relay's when that one is wrong. */
export const CITY_OFFSET_SECONDS = 7 * 3600;

let correctionSeconds = 0;

/** Seconds since 1970. */
export const now = () => Math.floor(Date.now() / 1000) + correctionSeconds;

/** From here on the time that the relay says. */
export const adoptTime = (/** @type {number} */ relayNow) => {
  correctionSeconds += relayNow - now();
};

/** The city's time, `YYYY-MM-DDThh:mm:ss+07:00`. */
export const cityNow = () => new Date((now() + CITY_OFFSET_SECONDS) * 1000).toISOString().replace(/\..*/, '+07:00');
