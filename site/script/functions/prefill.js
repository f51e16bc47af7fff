/** Questions that begin with what another answer suggests, until the person changes them. */
import { derived } from '../sheet.js';
import { fill } from '../fill.js';

derived.fill = fill;
