/** Pure statistics: no clock, no chance but the generator that is handed in. */

/** A value and its 95 % confidence interval. */
export interface Estimate {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

/** Two measurements made one right after the other. */
export interface Pair {
  readonly value: number;
  readonly baseline: number;
}

const TRIM = 0.2;
const RESAMPLES = 2000;
const TAIL = 0.025;

/** mulberry32: uniform in [0, 1), the same for the same seed. */
export function seededRandom(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** @throws {RangeError} when there is nothing to take the median of */
export function median(samples: readonly number[]): number {
  const sorted = Float64Array.from(samples).sort();
  if (sorted.length === 0) throw new RangeError('the median of nothing');
  const half = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[half]! : (sorted[half - 1]! + sorted[half]!) / 2;
}

/**
 * The mean of the middle 60 %: nearly as precise as the mean where there are no outliers, and
 * deaf to them where there are (a slice during which something else had the CPU).
 * @param sorted in ascending order
 */
export function trimmedMean(sorted: Float64Array): number {
  const cut = Math.floor(sorted.length * TRIM);
  let sum = 0;
  for (let i = cut; i < sorted.length - cut; i++) sum += sorted[i]!;
  return sum / (sorted.length - 2 * cut);
}

/** The trimmed mean of independent samples, with the percentile bootstrap's interval. */
export function bootstrap(samples: readonly number[], random: () => number): Estimate {
  const count = samples.length;
  if (count < 2) throw new RangeError(`an interval needs two samples or more, not ${count}`);
  const resample = new Float64Array(count);
  const means = new Float64Array(RESAMPLES);
  for (let r = 0; r < RESAMPLES; r++) {
    for (let i = 0; i < count; i++) resample[i] = samples[Math.floor(random() * count)]!;
    means[r] = trimmedMean(resample.sort());
  }
  means.sort();
  return {
    value: trimmedMean(Float64Array.from(samples).sort()),
    low: means[Math.floor(RESAMPLES * TAIL)]!,
    high: means[Math.ceil(RESAMPLES * (1 - TAIL)) - 1]!,
  };
}

/**
 * How many times the value is the baseline. Two successive pairs, measured in opposite order, make
 * one sample: what going first gains or costs cancels. Logarithms, so that twice and half weigh
 * the same.
 * @throws {RangeError} when a measurement is not a positive number
 */
export function ratioOf(pairs: readonly Pair[], random: () => number): Estimate {
  const logarithms = pairs.map(({ value, baseline }) => {
    if (value > 0 && baseline > 0 && value < Infinity && baseline < Infinity) {
      return Math.log(value / baseline);
    }
    throw new RangeError(`no ratio of ${value} to ${baseline}`);
  });
  const samples: number[] = [];
  for (let i = 0; i + 1 < logarithms.length; i += 2) {
    samples.push((logarithms[i]! + logarithms[i + 1]!) / 2);
  }
  const { value, low, high } = bootstrap(samples, random);
  return { value: Math.exp(value), low: Math.exp(low), high: Math.exp(high) };
}
