import { ProducerRing } from './producer-ring.js';

/** Gives free frames to the kernel to receive into. Entries are `u64` addresses. */
export class FillRing extends ProducerRing {
  /** Writes the reserved entry at `position`: the byte offset of a free frame in the memory. */
  setAddress(position: number, address: number): void {
    const word = this.base + (((this.first + position) & this.mask) << 1);
    this.words[word] = address;
    this.words[word + 1] = 0;
  }
}
