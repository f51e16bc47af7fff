/** The page without a network: it is kept, and says what waits to be sent. */
import './keeper.js';
import { allWaiting } from './outbox.js';
import { element, sheet } from './page.js';
import { lists } from './lists.js';

const { waits, receipts } = /** @type {any} */ (lists.beside).offline;

const tellWaiting = async () => {
  if (!(await allWaiting())[0]) return;
  const line = element('p', `${waits} `, { class: 'notice', id: 'waits' });
  line.append(element('a', receipts.words, { href: receipts.href }));
  sheet.before(line);
};

tellWaiting().catch(() => {});
