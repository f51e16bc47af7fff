/** The city's time: the device's clock, or the relay's when that one is wrong. */
import { isoDay } from './expr.js';

export const CITY_OFFSET_SECONDS = 7 * 3600;

let correctionSeconds = 0;

/** Seconds since 1970. */
export const now = () => Math.floor(Date.now() / 1000) + correctionSeconds;

/** From here on the time that the relay says. */
export const adoptTime = (/** @type {number} */ relayNow) => {
  correctionSeconds += relayNow - now();
};

/** The city's day, `YYYY-MM-DD`. */
export const today = () => isoDay(Math.floor((now() + CITY_OFFSET_SECONDS) / 86400));
