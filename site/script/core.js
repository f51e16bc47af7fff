/** The kinds that every form's page has from the start; the others are pieces. */
import '../components/admin-unit/script.js';
import '../components/agency/script.js';
import '../components/choice/script.js';
import '../components/computed/script.js';
import '../components/country-place/script.js';
import '../components/date/script.js';
import '../components/declaration/script.js';
import '../components/email/script.js';
import '../components/id-paper/script.js';
import '../components/integer/script.js';
import '../components/partial-date/script.js';
import '../components/person-name/script.js';
import '../components/phone/script.js';
import '../components/residence/script.js';
import '../components/text/script.js';
import '../components/yes-no/script.js';
