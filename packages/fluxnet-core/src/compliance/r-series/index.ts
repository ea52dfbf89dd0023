import type { Series } from '../case.js';
import { bufferCases } from './buffers.js';
import { geometryCases } from './geometry.js';
import { multiBufferCases } from './multi-buffer.js';

/** Reception in copy mode: §2.3, §2.5 and §2.10 of the specification. */
export const rSeries: Series = {
  name: 'R: reception',
  cases: [...geometryCases, ...bufferCases, ...multiBufferCases],
};
