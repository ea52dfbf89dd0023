import { CompletionRing, FillRing, FramePool, type RingRegion, RxRing, TxRing } from 'fluxnet-core';
import { type FrameOwners, Owner } from './frame-owners.js';

/**
 * The rings of debug mode: a frame goes to the kernel with `submit`, comes back with `peek`, and
 * each is checked before anything happens. Slower, and of other classes, so that the rings of
 * other modes pay nothing for it.
 */

export class CheckedFillRing extends FillRing {
  readonly #owners: FrameOwners;

  constructor(region: RingRegion, owners: FrameOwners) {
    super(region);
    this.#owners = owners;
  }

  override submit(count: number): void {
    if (this.usable && count <= ((this.next - this.published) | 0)) {
      for (let i = 0; i < count; i++) {
        const slot = (this.published + i) & this.mask;
        const address = this.words[this.base + (slot << 1)]!;
        this.#owners.move(address, Owner.user, Owner.rx, 'fill.submit');
      }
    }
    super.submit(count);
  }
}

export class CheckedTxRing extends TxRing {
  readonly #owners: FrameOwners;

  constructor(
    region: RingRegion,
    metadata: ConstructorParameters<typeof TxRing>[1],
    owners: FrameOwners,
  ) {
    super(region, metadata);
    this.#owners = owners;
  }

  override submit(count: number): void {
    if (this.usable && count <= ((this.next - this.published) | 0)) {
      for (let i = 0; i < count; i++) {
        const slot = (this.published + i) & this.mask;
        const address = this.words[this.base + (slot << 2)]!;
        this.#owners.move(address, Owner.user, Owner.tx, 'tx.submit');
      }
    }
    super.submit(count);
  }
}

export class CheckedRxRing extends RxRing {
  readonly #owners: FrameOwners;

  constructor(region: RingRegion, unaligned: boolean, owners: FrameOwners) {
    super(region, unaligned);
    this.#owners = owners;
  }

  override peek(count: number): number {
    const seen = super.peek(count);
    for (let i = 0; i < seen; i++) {
      this.#owners.move(this.address(i), Owner.rx, Owner.user, 'rx.peek');
    }
    return seen;
  }

  override cancel(count: number): void {
    super.cancel(count);
    for (let i = 0; i < count; i++) {
      const slot = (this.next + i) & this.mask;
      const address = this.addressAt(this.base + (slot << 2));
      this.#owners.move(address, Owner.user, Owner.rx, 'rx.cancel');
    }
  }
}

export class CheckedCompletionRing extends CompletionRing {
  readonly #owners: FrameOwners;

  constructor(region: RingRegion, unaligned: boolean, owners: FrameOwners) {
    super(region, unaligned);
    this.#owners = owners;
  }

  override peek(count: number): number {
    const seen = super.peek(count);
    for (let i = 0; i < seen; i++) {
      this.#owners.move(this.address(i), Owner.tx, Owner.user, 'completion.peek');
    }
    return seen;
  }

  override cancel(count: number): void {
    super.cancel(count);
    for (let i = 0; i < count; i++) {
      const slot = (this.next + i) & this.mask;
      const address = this.addressAt(this.base + (slot << 1));
      this.#owners.move(address, Owner.user, Owner.tx, 'completion.cancel');
    }
  }
}

/** What a byte of a frame that nobody owns reads as. */
const POISON = 0xa5;

export class CheckedFramePool extends FramePool {
  readonly #owners: FrameOwners;
  readonly #bytes: Uint8Array;

  constructor(pool: FramePool, bytes: Uint8Array, owners: FrameOwners) {
    super(pool.frameSize, pool.frameCount);
    this.#owners = owners;
    this.#bytes = bytes;
  }

  override take(): number {
    const frame = super.take();
    if (frame >= 0) this.#owners.move(frame, Owner.pool, Owner.user, 'frames.take');
    return frame;
  }

  override give(address: number): boolean {
    this.#owners.move(address, Owner.user, Owner.pool, 'frames.give');
    const begin = address - (address % this.frameSize);
    // A detached buffer has no bytes to poison.
    if (this.#bytes.length > 0) this.#bytes.fill(POISON, begin, begin + this.frameSize);
    return super.give(address);
  }
}
