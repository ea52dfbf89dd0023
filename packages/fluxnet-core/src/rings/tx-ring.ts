import { ProducerRing } from './producer-ring.js';

/** Packets to send. Entries are descriptors `{u64 addr, u32 len, u32 options}`. */
export class TxRing extends ProducerRing {
  /**
   * Writes the reserved entry at `position`. The frame belongs to the kernel from `submit` until
   * its address comes back on the completion ring.
   * @param address byte offset of the packet in the memory
   * @param length bytes
   * @param options `DESC_CONTINUED` when the packet goes on in the next entry, else 0
   */
  setDescriptor(position: number, address: number, length: number, options: number): void {
    const word = this.base + (((this.first + position) & this.mask) << 2);
    this.words[word] = address;
    this.words[word + 1] = 0;
    this.words[word + 2] = length;
    this.words[word + 3] = options;
  }
}
