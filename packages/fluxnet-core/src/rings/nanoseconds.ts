// The kernel's 64-bit nanoseconds, without BigInt: products and remainders stay below 2^53, where
// a number is exact, by going in steps of 16 bits.
const PER_SECOND = 1_000_000_000;
const DIGIT = 0x10000;
const WORD = 0x1_0000_0000;

/** Seconds that 64 bits of nanoseconds can hold, as a signed number, rounded down. */
export const MAX_SECONDS = 9_223_372_035;

/** Writes a time as 64-bit nanoseconds in the machine's order, which is little-endian. */
export function writeTime(view: DataView, at: number, seconds: number, nanoseconds: number): void {
  const upper = Math.floor(seconds / DIGIT) * PER_SECOND;
  const rest = (upper % DIGIT) * DIGIT + (seconds % DIGIT) * PER_SECOND + nanoseconds;
  view.setUint32(at, rest % WORD, true);
  view.setUint32(at + 4, Math.floor(upper / DIGIT) + Math.floor(rest / WORD), true);
}

/** The whole seconds of a time. */
export function secondsOf(high: number, low: number): number {
  const first = (high % PER_SECOND) * DIGIT + (low >>> 16);
  const second = (first % PER_SECOND) * DIGIT + (low & 0xffff);
  return (
    Math.floor(high / PER_SECOND) * WORD +
    Math.floor(first / PER_SECOND) * DIGIT +
    Math.floor(second / PER_SECOND)
  );
}

/** The nanoseconds of a time, without its seconds. */
export function nanosecondsOf(high: number, low: number): number {
  const first = (high % PER_SECOND) * DIGIT + (low >>> 16);
  return ((first % PER_SECOND) * DIGIT + (low & 0xffff)) % PER_SECOND;
}
