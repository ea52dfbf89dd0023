import type { RingRegion } from '../contract/ring.js';
import { ConsumerRing } from './consumer-ring.js';

/**
 * A ring that the kernel fills with 64-bit addresses. Memory has at most 2 GiB, so an address is
 * in the low word and the high one is 0. Where chunks are unaligned, the upper 16 bits are an
 * offset from the chunk's address (`XSK_UNALIGNED_BUF_OFFSET_SHIFT`, include/uapi/linux/if_xdp.h):
 *
 *     63      48 47      32 31                    0
 *    | offset   |  0       |  address of the chunk |
 */
export abstract class AddressRing extends ConsumerRing {
  readonly #unaligned: boolean;

  /** @param unaligned the registration's chunks are */
  constructor(region: RingRegion, unaligned = false) {
    super(region);
    this.#unaligned = unaligned;
  }

  protected addressAt(word: number): number {
    const high = this.words[word + 1]!;
    // Aligned rings pay for nothing else: theirs are all 0.
    return high === 0 ? this.words[word]! : this.#withOffset(this.words[word]!, high);
  }

  /** The sum as a signed integer: negative from 2 GiB on, and -1 where there can be no offset. */
  #withOffset(low: number, high: number): number {
    return this.#unaligned && (high & 0xffff) === 0 ? (low + (high >>> 16)) | 0 : -1;
  }
}
