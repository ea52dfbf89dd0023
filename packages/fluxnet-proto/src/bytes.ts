/** Addresses in headers and in arrays of the caller's: runs of bytes, copied one by one. */

export const MAC_LENGTH = 6;
export const IPV6_ADDRESS_LENGTH = 16;

/** Copies `length` bytes out of a header. */
export function loadBytes(
  view: DataView,
  offset: number,
  length: number,
  into: Uint8Array,
  at: number,
): void {
  requireRoom(into, at, length);
  for (let i = 0; i < length; i++) into[at + i] = view.getUint8(offset + i);
}

/** Copies `length` bytes into a header. */
export function storeBytes(
  view: DataView,
  offset: number,
  length: number,
  from: Uint8Array,
  at: number,
): void {
  requireRoom(from, at, length);
  for (let i = 0; i < length; i++) view.setUint8(offset + i, from[at + i]!);
}

/** Compares `length` bytes in a header with those in an array. */
export function equalBytes(
  view: DataView,
  offset: number,
  length: number,
  other: Uint8Array,
  at: number,
): boolean {
  requireRoom(other, at, length);
  for (let i = 0; i < length; i++) {
    if (view.getUint8(offset + i) !== other[at + i]) return false;
  }
  return true;
}

/** Typed arrays ignore writes past their end and read them as undefined, so ask first. */
export function requireRoom(bytes: Uint8Array, at: number, length: number): void {
  if (!(at >= 0 && at + length <= bytes.length)) {
    throw new RangeError(
      `an address needs ${length} bytes at ${at} and the array has ${bytes.length}`,
    );
  }
}
