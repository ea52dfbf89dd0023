import type { Series } from '../case.js';
import { budgetCases } from './budget.js';
import { descriptorCases } from './descriptors.js';
import { deviceCases } from './device.js';
import { metadataCases } from './metadata.js';
import { pollCases } from './poll.js';
import { sequenceCases } from './sequences.js';

/** Transmission in copy mode: §2.4, §2.6 and §2.8 of the specification. */
export const tSeries: Series = {
  name: 'T: transmission',
  cases: [
    ...descriptorCases,
    ...sequenceCases,
    ...budgetCases,
    ...deviceCases,
    ...pollCases,
    ...metadataCases,
  ],
};
