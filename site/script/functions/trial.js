/** Agencies in trial are marked where they can be chosen; once one is chosen the page says what that means, to its end. */
import { all, arrangements, one } from '../page.js';
import { lists } from '../lists.js';

arrangements.push(() => {
  const notice = one('[data-agency]');
  // Where the whole service is in trial it says so already.
  if (!notice) return;
  const inTrial = (lists.agencies?.items || []).filter(({ mode }) => mode);
  for (const { code } of inTrial) {
    for (const option of all(`[name="agency"] option[value="${code}"]:not([data-trial])`)) {
      option.dataset.trial = '';
      option.append(` (${notice.dataset.agency})`);
    }
  }
  notice.hidden = !one('option[data-trial]:checked');
});
