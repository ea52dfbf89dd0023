/**
 * The Toeplitz hash of receive side scaling: for every bit of the input that is set, the 32 bits
 * of the key that begin at its place.
 * @param length bytes of the input; the key must have 4 more
 * @returns an unsigned 32-bit number
 */
export function toeplitz(key: Uint8Array, input: Uint8Array, length: number): number {
  let window = (key[0]! << 24) | (key[1]! << 16) | (key[2]! << 8) | key[3]!;
  let hash = 0;
  for (let i = 0; i < length; i++) {
    const next = key[i + 4]!;
    for (let bit = 7; bit >= 0; bit--) {
      if ((input[i]! >> bit) & 1) hash ^= window;
      window = (window << 1) | ((next >> bit) & 1);
    }
  }
  return hash >>> 0;
}
