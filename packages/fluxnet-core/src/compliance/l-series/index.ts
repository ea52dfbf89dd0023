import type { Series } from '../case.js';
import { closeCases } from './close.js';
import { linkCases } from './links.js';
import { shareCases } from './share.js';

/** Life cycles: §2.11 and §2.13 of the specification. */
export const lSeries: Series = {
  name: 'L: life cycles',
  cases: [...closeCases, ...shareCases, ...linkCases],
};
