import { ConsumerRing } from './consumer-ring.js';

/** Gives transmitted frames back. Entries are the addresses of TX descriptors, verbatim. */
export class CompletionRing extends ConsumerRing {
  /**
   * The peeked address at `position`, or -1 when it is none that we can have sent: the kernel
   * completes invalid descriptors with the raw value it was given (Linux 6.18.44).
   */
  address(position: number): number {
    const word = this.base + (((this.first + position) & this.mask) << 1);
    return this.words[word + 1] === 0 ? this.words[word]! : -1;
  }
}
