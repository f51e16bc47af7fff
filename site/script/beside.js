/** What is beside a form once it stands: its sections as tasks, a draft of it, what was typed before it was loaded again, names in long lists, what makes it work without a network, the way to an earlier submission. The form loads this then. */
import './tasks.js';
import './draft.js';
import './offline.js';
import './following.js';
import './reloaded.js';
import './pickers.js';
