import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Ticks, timeOfTicks } from './timestamp.js';

const uint32 = fc.integer({ min: 0, max: 0xffff_ffff });

/** By the definition, in numbers that have no limit. */
function exactTime(high: number, low: number, resolution: number) {
  const ticks = BigInt(high) * 2n ** 32n + BigInt(low);
  const exponent = BigInt(resolution % 128);
  const perSecond = resolution < 128 ? 10n ** exponent : 2n ** exponent;
  const nanoseconds = (ticks * 10n ** 9n) / perSecond;
  return {
    seconds: Number(nanoseconds / 10n ** 9n),
    nanoseconds: Number(nanoseconds % 10n ** 9n),
  };
}

describe('timeOfTicks', () => {
  test('is exact for every resolution', () => {
    fc.assert(
      fc.property(uint32, uint32, fc.nat(255), (high, low, resolution) => {
        expect(timeOfTicks(high, low, resolution)).toEqual(exactTime(high, low, resolution));
      }),
      { numRuns: 1000 },
    );
  });

  test.each([0, 3, 6, 9, 12, 0x80, 0x8a, 0xbf])(
    'is exact at the edges of resolution %i',
    (unit) => {
      for (const high of [0, 1, 999_999_999, 0x7fff_ffff, 0xffff_ffff]) {
        for (const low of [0, 1, 0xffff, 0x1_0000, 0xffff_ffff]) {
          expect(timeOfTicks(high, low, unit)).toEqual(exactTime(high, low, unit));
        }
      }
    },
  );
});

test('Ticks are the inverse, but for what is finer than their resolution', () => {
  const seconds = fc.integer({ min: 0, max: 2 ** 34 - 1 });
  fc.assert(
    fc.property(seconds, fc.nat(999_999_999), fc.nat(9), (second, nanosecond, resolution) => {
      const { high, low } = new Ticks().set(second, nanosecond, resolution);
      const unit = 10 ** (9 - resolution);
      expect(timeOfTicks(high, low, resolution)).toEqual({
        seconds: second,
        nanoseconds: nanosecond - (nanosecond % unit),
      });
    }),
  );
});
