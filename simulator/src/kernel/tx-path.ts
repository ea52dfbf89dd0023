import { DESC_CONTINUED, DESC_TX_METADATA, errno } from 'fluxnet-core';
import type { ConsumerRing } from './consumer-ring.js';
import { isValidTxDescriptor } from './descriptor.js';
import type { SimQueue } from './queue.js';

/** `TX_BATCH_SIZE`: descriptors per system call, unless XDP_MAX_TX_SKB_BUDGET raised it. */
export const TX_BUDGET = 32;
/** `MAX_SKB_FRAGS + 1`: descriptors that one packet may have. */
const MAX_FRAGMENTS = 18;

/**
 * Transmission in copy mode (`__xsk_generic_xmit`, net/xdp/xsk.c), as Linux 6.18.44 does it:
 * every descriptor that the kernel consumes is completed, also an invalid one, with its address
 * as it stands in the ring; a packet that breaks is swallowed up to its last descriptor.
 */
export class TxPath {
  readonly ring: ConsumerRing;
  readonly #queue: SimQueue;
  /** A packet whose last descriptor has not been seen: survives across calls. */
  #parts: Uint8Array[] = [];
  /** Its addresses, low and high word in turn; each holds a reserved completion slot. */
  #addresses: number[] = [];
  /** Swallowing the rest of a broken packet. */
  #draining = false;
  invalidDescs = 0;
  budget = TX_BUDGET;

  constructor(ring: ConsumerRing, queue: SimQueue) {
    this.ring = ring;
    this.#queue = queue;
  }

  /** One `sendto`: 0, or the negative errno that ended it. */
  transmit(): number {
    const result = this.#run();
    this.ring.publish();
    return result;
  }

  /** `xsk_drop_skb` when the socket goes: the slots of an unfinished packet are free again. */
  abandon(): void {
    this.#queue.completionRing.cancel(this.#parts.length);
    this.#parts = [];
    this.#addresses = [];
  }

  #run(): number {
    const { ring } = this;
    const { completionRing, umem } = this.#queue;
    const { bytes, size } = umem.memory;
    for (let done = 0; ; done++) {
      const entry = ring.peek();
      if (entry < 0) return 0;
      if (done >= this.budget) return errno.EAGAIN;
      // Back-pressure: whatever becomes of the descriptor, it needs a slot to be completed in.
      if (!completionRing.reserve()) return errno.EAGAIN;

      const low = ring.words[entry]!;
      const high = ring.words[entry + 1]!;
      const length = ring.words[entry + 2]! >>> 0;
      const options = ring.words[entry + 3]!;
      const continued = (options & DESC_CONTINUED) !== 0;
      if (this.#draining) {
        ring.release();
        this.#reject(low, high, continued);
        continue;
      }
      if (!isValidTxDescriptor(low, high, length, options, size, umem.chunkSize)) {
        ring.release();
        this.#reject(low, high, continued);
        return 0;
      }
      if ((options & DESC_TX_METADATA) !== 0 && this.#parts.length === 0) {
        // The memory has no metadata area. The descriptor stays at the head, and every call
        // posts a completion that nobody is owed: a kernel bug, kept because it is seen.
        completionRing.submitAddress(low, high);
        return errno.EINVAL;
      }
      ring.release();
      if (this.#parts.length === MAX_FRAGMENTS) {
        this.#reject(low, high, continued);
        continue;
      }
      this.#parts.push(bytes.slice(low, low + length));
      this.#addresses.push(low, high);
      if (continued) continue;
      if (!this.#send()) return errno.EBUSY;
    }
  }

  /** Counts and completes the broken packet so far, and drains what continues it. */
  #reject(low: number, high: number, continued: boolean): void {
    this.invalidDescs += this.#parts.length + 1;
    this.#completeParts();
    this.#queue.completionRing.submitAddress(low, high);
    this.#draining = continued;
  }

  /** Hands a whole packet to the driver. False when the driver dropped it. */
  #send(): boolean {
    const parts = this.#parts;
    const frame = parts.length === 1 ? parts[0]! : join(parts);
    const sent = this.#queue.device.transmit(frame, this.#queue.queueId);
    // The frame was copied, so the buffers are free whatever became of it.
    this.#completeParts();
    return sent;
  }

  #completeParts(): void {
    const addresses = this.#addresses;
    // The first one was kept in the packet's `destructor_arg`, whose lowest bit is a mark.
    if (addresses.length > 0) addresses[0]! &= ~1;
    for (let i = 0; i < addresses.length; i += 2) {
      this.#queue.completionRing.submitAddress(addresses[i]!, addresses[i + 1]!);
    }
    this.#addresses.length = 0;
    this.#parts.length = 0;
  }
}

function join(parts: readonly Uint8Array[]): Uint8Array {
  const frame = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    frame.set(part, offset);
    offset += part.length;
  }
  return frame;
}
