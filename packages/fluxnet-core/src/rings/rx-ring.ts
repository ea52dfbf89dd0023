import { AddressRing } from './address-ring.js';

/** Received packets. Entries are descriptors `{u64 addr, u32 len, u32 options}`. */
export class RxRing extends AddressRing {
  /** Byte offset of the packet at `position` in the memory; negative when it cannot be there. */
  address(position: number): number {
    return this.addressAt(this.word(position));
  }

  /** Bytes of the packet, or of this piece of it; negative when the kernel wrote nonsense. */
  length(position: number): number {
    return this.words[this.word(position) + 2]!;
  }

  /** `DESC_CONTINUED` when the packet goes on in the next descriptor. */
  options(position: number): number {
    return this.words[this.word(position) + 3]!;
  }

  private word(position: number): number {
    return this.base + (((this.first + position) & this.mask) << 2);
  }
}
