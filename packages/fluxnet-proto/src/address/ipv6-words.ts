import { IPV6_LENGTH } from './ipv6-address.js';
import { ipv4Mask } from './prefix.js';

/** An IPv6 address as four words, and places where a trie branches on it. */
export class Ipv6Words {
  w0 = 0;
  w1 = 0;
  w2 = 0;
  w3 = 0;

  /** Takes the address with the bits beyond `length` cleared. */
  set(address: Uint8Array, length: number): this {
    if (address.length !== IPV6_LENGTH) {
      throw new RangeError(`address has ${address.length} bytes; it must have ${IPV6_LENGTH}`);
    }
    this.w0 = maskedWord(address, 0, length);
    this.w1 = maskedWord(address, 1, length);
    this.w2 = maskedWord(address, 2, length);
    this.w3 = maskedWord(address, 3, length);
    return this;
  }

  /** The `bits` bits from bit `depth` on, all in one word. */
  bitsAt(depth: number, bits: number): number {
    return (wordOf(depth, this.w0, this.w1, this.w2, this.w3) << (depth & 31)) >>> (32 - bits);
  }
}

/** The word that has bit `depth`. */
export function wordOf(depth: number, w0: number, w1: number, w2: number, w3: number): number {
  return depth < 64 ? (depth < 32 ? w0 : w1) : depth < 96 ? w2 : w3;
}

function maskedWord(address: Uint8Array, i: number, length: number): number {
  const at = 4 * i;
  const word =
    (address[at]! << 24) | (address[at + 1]! << 16) | (address[at + 2]! << 8) | address[at + 3]!;
  return word & ipv4Mask(Math.min(32, Math.max(0, length - 32 * i)));
}
