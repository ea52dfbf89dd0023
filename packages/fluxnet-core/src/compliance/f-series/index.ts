import type { Series } from '../case.js';
import { callFaultCases } from './call-faults.js';
import { ringFaultCases } from './ring-faults.js';

/** Faults: rings that lie, calls that fail: §2.15 of the specification. */
export const fSeries: Series = {
  name: 'F: faults',
  cases: [...ringFaultCases, ...callFaultCases],
};
