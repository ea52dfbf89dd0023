import { describe, expect, it } from 'vitest';
import { type Estimate, ratioOf, seededRandom } from './statistics.js';
import { judge } from './verdict.js';

const estimate = (low: number, high: number): Estimate => ({
  value: Math.sqrt(low * high),
  low,
  high,
});
const quiet = estimate(0.99, 1.01);
const noisy = estimate(0.85, 1.1);

describe('the verdict', () => {
  it.each([
    ['win', estimate(1.05, 1.1), quiet],
    ['loss', estimate(0.9, 0.95), quiet],
    ['equal', estimate(0.98, 1.02), quiet],
    // Known to differ from 1, but by no more than two copies of the same program do.
    ['inconclusive', estimate(1.05, 1.1), noisy],
    ['inconclusive', estimate(0.9, 0.95), noisy],
    // Noise in one direction counts in both.
    ['inconclusive', estimate(1.05, 1.1), estimate(0.9, 0.92)],
    ['win', estimate(1.2, 1.3), noisy],
    ['loss', estimate(0.5, 0.6), noisy],
    // Too wide to say anything.
    ['inconclusive', estimate(0.9, 1.2), quiet],
    ['inconclusive', estimate(0.98, 1.02), noisy],
  ])('%s', (verdict, ratio, control) => {
    expect(judge(ratio, control)).toBe(verdict);
  });

  it('of a program against itself is hardly ever that one of them is better', () => {
    const random = seededRandom(5);
    const slices = () => Array.from({ length: 60 }, () => Math.exp(0.1 * (random() - 0.5)));
    let wrong = 0;
    for (let i = 0; i < 100; i++) {
      const baseline = slices();
      const against = (values: number[]) =>
        ratioOf(
          values.map((value, k) => ({ value, baseline: baseline[k]! })),
          random,
        );
      const verdict = judge(against(slices()), against(slices()));
      if (verdict === 'win' || verdict === 'loss') wrong++;
    }
    expect(wrong).toBeLessThanOrEqual(3);
  });
});
