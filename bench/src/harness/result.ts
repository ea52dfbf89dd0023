import type { Machine } from './machine.js';
import type { Verdict } from './verdict.js';

/** One row of the table and one element of the JSON array. */
export interface Result {
  readonly name: string;
  /** Median over the slices. */
  readonly value: number;
  readonly unit: string;
  readonly better: 'more' | 'less';
  /** The same for the C program; null where there is none. */
  readonly baseline: number | null;
  /** How many times as good as the baseline: above 1 is better, whatever the unit. */
  readonly ratio: number | null;
  readonly ciLow: number | null;
  readonly ciHigh: number | null;
  readonly verdict: Verdict | null;
  /** The A/A control: the interval of the same ratio for two copies of the baseline. */
  readonly noiseLow: number | null;
  readonly noiseHigh: number | null;
  readonly pairs: number;
  /** Of the CPU time, the part in user mode, 0 to 1. */
  readonly userShare: number;
  readonly baselineUserShare: number | null;
  /** What the figure is about, and what it is not. */
  readonly mode: string;
  /** What keeps it from being larger. */
  readonly limit: string;
  readonly machine: Machine;
}
