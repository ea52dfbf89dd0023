/** Below this, a loop beats making a view for `set`. */
const LOOP_LIMIT = 112;

/** `memcpy` that allocates nothing for small frames. The ranges must lie inside the arrays. */
export function copyBytes(
  to: Uint8Array,
  toOffset: number,
  from: Uint8Array,
  fromOffset: number,
  length: number,
): void {
  if (to !== from && fromOffset === 0 && length === from.length) {
    to.set(from, toOffset);
    return;
  }
  if (length <= LOOP_LIMIT && to !== from) {
    for (let i = 0; i < length; i++) to[toOffset + i] = from[fromOffset + i]!;
    return;
  }
  if (to === from) to.copyWithin(toOffset, fromOffset, fromOffset + length);
  else to.set(from.subarray(fromOffset, fromOffset + length), toOffset);
}
