import type { Estimate } from './statistics.js';

/** `equal` is a finding: the difference is known to be small. `inconclusive` is the lack of one. */
export type Verdict = 'win' | 'loss' | 'equal' | 'inconclusive';

/** Differences up to this, as a logarithm, count as none: 3 %. */
const EQUAL = Math.log(1.03);

/**
 * @param ratio of the subject to the baseline, turned so that more is better
 * @param control the same ratio for two copies of the baseline: where it differs from 1, and how
 * uncertain it is, comes from the machine and not from what is measured
 */
export function judge(ratio: Estimate, control: Estimate): Verdict {
  const noise = reach(control);
  if (Math.log(ratio.low) > noise) return 'win';
  if (Math.log(ratio.high) < -noise) return 'loss';
  return Math.max(noise, reach(ratio)) <= EQUAL ? 'equal' : 'inconclusive';
}

/** How far from 1 an interval goes, in either direction. */
function reach({ low, high }: Estimate): number {
  return Math.max(Math.abs(Math.log(low)), Math.abs(Math.log(high)));
}
