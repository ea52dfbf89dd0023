/**
 * Times as pcapng has them: 64-bit counts of ticks, in units that each interface chooses
 * (`if_tsresol`). They go beyond 2^53, so they are handled as two halves.
 */

import type { CaptureTime } from './capture.js';

export const RESOLUTION_MICROSECONDS = 6;
export const RESOLUTION_NANOSECONDS = 9;
const BINARY_RESOLUTION = 0x80;
const TWO_TO_32 = 0x1_0000_0000;

export function timeOfTicks(high: number, low: number, resolution: number): CaptureTime {
  if (resolution > RESOLUTION_NANOSECONDS) return timeOfOddTicks(high, low, resolution);
  // Long division, 16 bits at a time: no step goes beyond 10^9 * 2^16.
  const perSecond = 10 ** resolution;
  const top = high % perSecond;
  const middle = top * 0x10000 + (low >>> 16);
  const bottom = (middle % perSecond) * 0x10000 + (low & 0xffff);
  const seconds =
    Math.floor(high / perSecond) * TWO_TO_32 +
    Math.floor(middle / perSecond) * 0x10000 +
    Math.floor(bottom / perSecond);
  const nanoseconds = (bottom % perSecond) * 10 ** (RESOLUTION_NANOSECONDS - resolution);
  return { seconds, nanoseconds };
}

/** Finer than nanoseconds, or powers of two: rare, and slow. */
function timeOfOddTicks(high: number, low: number, resolution: number): CaptureTime {
  const ticks = (BigInt(high) << 32n) | BigInt(low);
  const exponent = BigInt(resolution & ~BINARY_RESOLUTION);
  const perSecond = (resolution & BINARY_RESOLUTION) !== 0 ? 1n << exponent : 10n ** exponent;
  const seconds = ticks / perSecond;
  const nanoseconds = ((ticks - seconds * perSecond) * 1_000_000_000n) / perSecond;
  return { seconds: Number(seconds), nanoseconds: Number(nanoseconds) };
}

/** Ticks of a resolution up to nanoseconds, as `ticks.high` and `ticks.low`. */
export class Ticks {
  high = 0;
  low = 0;

  set(seconds: number, nanoseconds: number, resolution: number): this {
    const perSecond = 10 ** resolution;
    const rest = Math.floor(nanoseconds / 10 ** (RESOLUTION_NANOSECONDS - resolution));
    const bottom = (seconds % 0x10000) * perSecond + rest;
    const top = Math.floor(seconds / 0x10000) * perSecond + Math.floor(bottom / 0x10000);
    this.high = Math.floor(top / 0x10000);
    this.low = (top % 0x10000) * 0x10000 + (bottom % 0x10000);
    return this;
  }
}
