/**
 * A submission that amends or withdraws an earlier one: by the keys of its case, which this device kept with the receipt.
 *
 * @import { KeptCase } from './types'
 */
import { all, clicks, element, fillGaps, loadScript, one, say, sheet } from './page.js';
import { lists, load } from './lists.js';
import { cityTime } from './reference.js';
import { followOn } from './case.js';
import { followerOf } from './chain.js';
import { keptCases } from './store.js';
import { copyName, openTyping } from './drafts.js';
import { putBack } from './typing.js';

const { follow: { ui: said }, draft: { ui: drafting }, offline: { receipts: list } } = /** @type {any} */ (lists.beside);

/** Why there is nothing to do here. */
const refuse = (/** @type {string} */ text) => {
  const line = element('p', `${text} `, { class: 'notice', id: 'earlier', role: 'status' });
  line.append(element('a', list.words, { href: list.href }));
  sheet.before(line);
};

/** Opens the earlier submission of that reference. @type {(way: string, reference: string) => Promise<void>} */
export const openEarlier = async (way, reference) => {
  const cases = await keptCases();
  const kept = cases.find((its) => its.reference === reference);
  if (!kept || kept.follows?.withdraws) return refuse(fillGaps(said.not_here, { reference }));
  const follower = followerOf(kept, cases);
  if (follower) return refuse(fillGaps(follower.follows?.withdraws ? said.is_withdrawn : said.is_amended, { reference, follower: follower.reference }));
  if (way === 'amend') await amend(kept);
  else askToWithdraw(kept);
};

/** The same form, filled in as it was sent where that was kept. @type {(kept: KeptCase) => Promise<void>} */
const amend = async (kept) => {
  const { reference, copy, id } = kept;
  const lost = copy && (await putBack(await openTyping(copy, copyName(id))));
  followOn({ how: 'amends', kept });
  const lines = [fillGaps(said.amending, { reference })];
  if (!lost) lines.push(said.no_copy);
  if (lost?.[0]) lines.push(fillGaps(drafting.lost, { labels: lost.join('; ') }));
  if (one('#papers [data-attachment]')) lines.push(said.files);
  sheet.prepend(element('p', lines.join(' '), { class: 'notice', id: 'earlier', role: 'status' }));
};

/** In the place of the form, the question whether it shall be taken back. @type {(kept: KeptCase) => void} */
const askToWithdraw = (kept) => {
  const { reference, title, where, received_at } = kept;
  followOn({ how: 'withdraws', kept });
  const view = element('section', '', { id: 'withdrawal' });
  const heading = element('h2', fillGaps(said.ask, { reference }), { tabindex: '-1' });
  // What the person's own copy of this submission says.
  const answers = element('div', '', { id: 'answers' });
  const rows = element('dl', '', { class: 'rows' });
  for (const [label, value] of [[said.which, `${reference}: ${title}`], [said.where, where], [said.received, cityTime(received_at)]]) rows.append(element('dt', label), element('dd', value));
  answers.append(rows);
  const actions = element('p', '', { class: 'actions' });
  actions.append(element('button', said.withdraw, { type: 'button', 'data-withdraw': '' }), ' ', element('a', said.stay, { class: 'button quiet', href: list.href }));
  view.append(heading, answers, element('p', said.lead), actions);
  for (const part of [...all('.section', sheet), one('#actions'), one('#progress'), one('#draft')]) part.hidden = true;
  one('#status').before(view);
  heading.focus();
};

clicks.withdraw = async (button) => {
  await load('outcome');
  const { outcome } = /** @type {any} */ (lists);
  const isThere = outcome && (await loadScript(outcome.script).then(() => true, () => false));
  if (isThere) clicks.send(button);
  else one('#status').textContent = say('list_failed');
};
