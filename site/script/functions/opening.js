/**
 * Before a form opens and after it has closed nobody fills it in for nothing: its page says so, with the time by which it
 * says it, and the form appears when it is time. Who has begun keeps what is typed.
 */
import { cityNow, now } from '../clock.js';
import { one, preparations, sheet } from '../page.js';

/** Timers do not count further. */
const WAIT_MS_MAX = 864e5;

preparations.push(() => {
  const notice = one('#opening');
  const { opens = '0', closes = 'Infinity' } = notice.dataset;
  const say = (/** @type {boolean} */ isFirst) => {
    const [isEarly, isLate] = [now() < +opens, now() >= +closes];
    one('[data-early]', notice).hidden = !isEarly;
    one('[data-late]', notice).hidden = !isLate;
    one('[data-clock]', notice).hidden = !isEarly && !isLate;
    one('[data-clock] span', notice).textContent = cityNow().replace(/(\d+)-(\d+)-(\d+)T(\d+:\d+).*/, '$4, $3/$2/$1');
    // Where nothing can be sent anyway, editors look at the form.
    if ('sending' in notice.dataset && (isFirst || !isLate)) sheet.hidden = one('#progress').hidden = isEarly || isLate;
    const next = isEarly ? +opens : +closes;
    if (!isLate && next < Infinity) setTimeout(say, Math.min((next - now()) * 1000, WAIT_MS_MAX));
  };
  say(true);
});
