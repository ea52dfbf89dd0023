import { AddressRing } from './address-ring.js';

/** Gives transmitted frames back. Entries are the addresses of TX descriptors. */
export class CompletionRing extends AddressRing {
  /**
   * The peeked address at `position`, negative when it is none that we can have sent: the kernel
   * completes invalid descriptors with the raw value it was given (Linux 6.18.44). Good to tell
   * the frame by, not the packet: that kernel keeps the address of a packet's first descriptor in
   * a pointer whose lowest bit is a mark, and completes an odd one as the even one before it.
   */
  address(position: number): number {
    return this.addressAt(this.base + (((this.first + position) & this.mask) << 1));
  }
}
