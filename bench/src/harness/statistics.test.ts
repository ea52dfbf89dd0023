import { describe, expect, it } from 'vitest';
import { bootstrap, median, type Pair, ratioOf, seededRandom, trimmedMean } from './statistics.js';

/** Box and Muller. */
function normal(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

/** Pairs whose true ratio is known; each round is disturbed as a whole, and each slice by itself. */
function pairsOf(ratio: number, count: number, random: () => number, outliers = 0): Pair[] {
  return Array.from({ length: count }, (_, i) => {
    const drift = Math.exp(0.2 * Math.sin(i / 9));
    const first = i % 2 === 0 ? 1.05 : 1 / 1.05; // Who goes first is faster.
    const slice = () => drift * Math.exp(0.05 * normal(random)) * (random() < outliers ? 0.3 : 1);
    return { value: ratio * first * slice(), baseline: slice() };
  });
}

describe('the random numbers', () => {
  it('are the same for the same seed, others for another', () => {
    const take = (seed: number) => Array.from({ length: 5 }, seededRandom(seed));
    expect(take(7)).toEqual(take(7));
    expect(take(7)).not.toEqual(take(8));
  });

  it('are uniform', () => {
    const random = seededRandom(1);
    const bins = new Array(10).fill(0);
    for (let i = 0; i < 100_000; i++) bins[Math.floor(random() * 10)]++;
    for (const count of bins) expect(Math.abs(count - 10_000)).toBeLessThan(400);
  });
});

describe('median and trimmed mean', () => {
  it('of known samples', () => {
    expect(median([3, 1, 2])).toBe(2);
    expect(median([4, 1, 3, 2])).toBe(2.5);
    expect(median([10, 9, 100])).toBe(10); // As numbers, not as text.
    expect(trimmedMean(Float64Array.of(-1e9, 1, 2, 3, 1e9))).toBe(2);
    expect(trimmedMean(Float64Array.of(1, 2))).toBe(1.5);
  });

  it('of nothing are refused', () => {
    expect(() => median([])).toThrow(RangeError);
    expect(() => bootstrap([1], seededRandom(1))).toThrow('two samples or more, not 1');
  });
});

describe('the ratio', () => {
  it('is found, drift and the advantage of going first notwithstanding', () => {
    const { value, low, high } = ratioOf(pairsOf(0.6, 200, seededRandom(3)), seededRandom(4));
    expect(value).toBeCloseTo(0.6, 1);
    expect(low).toBeLessThan(value);
    expect(high).toBeGreaterThan(value);
    expect(high / low).toBeLessThan(1.05);
  });

  it('is exact, with an interval of no width, where nothing is uncertain', () => {
    const pairs = Array.from({ length: 20 }, () => ({ value: 3, baseline: 2 }));
    const { value, low, high } = ratioOf(pairs, seededRandom(1));
    for (const each of [value, low, high]) expect(each).toBeCloseTo(1.5, 12);
  });

  it.each([
    [1, 0],
    [0.6, 0],
    [0.97, 0.05],
  ])('of %f is inside its interval at about the stated rate (outliers %f)', (ratio, outliers) => {
    const random = seededRandom(11);
    const experiments = 200;
    let covered = 0;
    for (let i = 0; i < experiments; i++) {
      const { low, high } = ratioOf(pairsOf(ratio, 60, random, outliers), random);
      if (low <= ratio && ratio <= high) covered++;
    }
    expect(covered / experiments).toBeGreaterThan(0.88);
    expect(covered / experiments).toBeLessThan(1);
  });

  it.each([
    [0, 1],
    [1, 0],
    [Number.NaN, 1],
    [1, Number.POSITIVE_INFINITY],
  ])('of %f to %f is refused', (value, baseline) => {
    expect(() => ratioOf([{ value, baseline }], seededRandom(1))).toThrow('no ratio');
  });
});
