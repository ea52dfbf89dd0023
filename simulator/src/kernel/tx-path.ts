import { DESC_CONTINUED, DESC_TX_METADATA, errno } from 'fluxnet-core';
import type { ConsumerRing } from './consumer-ring.js';
import { copyBytes } from './copy-bytes.js';
import { isValidTxDescriptor, txOffset } from './descriptor.js';
import type { SimQueue } from './queue.js';
import { type ChecksumRequest, readTxMetadata, writeChecksum } from './tx-metadata.js';

/** `TX_BATCH_SIZE`: descriptors per system call, unless XDP_MAX_TX_SKB_BUDGET raised it. */
export const TX_BUDGET = 32;
/** `MAX_SKB_FRAGS + 1`: descriptors that one packet may have. */
const MAX_FRAGMENTS = 18;
const MAX_PACKET = MAX_FRAGMENTS * 4096;

/**
 * Transmission in copy mode (`__xsk_generic_xmit`, `xsk_build_skb`, net/xdp/xsk.c). What becomes
 * of invalid descriptors depends on the kernel's generation (profile.ts).
 */
export class TxPath {
  readonly ring: ConsumerRing;
  readonly #queue: SimQueue;
  /** Generation C: what is consumed is completed. */
  readonly #completesAll: boolean;
  /** A packet whose last descriptor has not been seen (`xs->skb`): survives across calls. */
  #packet = new Uint8Array(0);
  #length = 0;
  #parts = 0;
  /** Its addresses, low and high word in turn; each holds a reserved completion slot. */
  readonly #addresses = new Int32Array(2 * MAX_FRAGMENTS);
  /** Swallowing the rest of a broken packet. */
  #draining = false;
  #sentFrame = false;
  invalidDescs = 0;
  budget = TX_BUDGET;

  constructor(ring: ConsumerRing, queue: SimQueue) {
    this.ring = ring;
    this.#queue = queue;
    this.#completesAll = queue.kernel.profile.generation === 'C';
  }

  /** One `sendto`: 0, or the negative errno that ended it. */
  transmit(): number {
    const { device, queueId } = this.#queue;
    if (queueId >= device.queueCount) return 0;
    this.#sentFrame = false;
    const result = this.#run();
    if (this.#completesAll || this.#sentFrame) this.ring.publish();
    return result;
  }

  /** `xsk_drop_skb` when the socket goes: the slots of an unfinished packet are free again. */
  abandon(): void {
    this.#queue.completions.ring.cancel(this.#parts);
    this.#forget();
  }

  #run(): number {
    const { ring } = this;
    const { umem } = this.#queue;
    const slots = this.#queue.completions.ring;
    for (let left = this.budget; ; left--) {
      const entry = ring.peek();
      if (entry < 0) return 0;
      const low = ring.words[entry]!;
      const high = ring.words[entry + 1]!;
      const length = ring.words[entry + 2]! >>> 0;
      const options = ring.words[entry + 3]!;
      // An invalid descriptor is noticed when it is looked at, before the budget is.
      if (!isValidTxDescriptor(umem, low, high, length, options)) {
        return this.#reject(low, high, options);
      }
      if (left === 0) return errno.EAGAIN;
      // Back-pressure: a descriptor needs a slot to be completed in.
      if (!slots.reserve()) return errno.EAGAIN;
      if (this.#draining) {
        ring.release();
        this.invalidDescs++;
        slots.submitAddress(low, high);
        this.#draining = (options & DESC_CONTINUED) !== 0;
        continue;
      }
      const failure = this.#take(low, high, length, options);
      if (failure !== 0) return failure;
    }
  }

  /** A valid descriptor, which has its completion slot. */
  #take(low: number, high: number, length: number, options: number): number {
    const { ring } = this;
    const { completions, kernel } = this.#queue;
    const failure = kernel.faults.active ? kernel.faults.take('allocateTx') : 0;
    if (failure !== 0) {
      completions.ring.cancel(1);
      return failure;
    }
    const continued = (options & DESC_CONTINUED) !== 0;
    let checksum: ChecksumRequest | undefined;
    if (this.#parts === 0) {
      const wanted = (options & DESC_TX_METADATA) !== 0;
      const answer = wanted ? this.#readMetadata(low, high, length) : undefined;
      if (answer === 'invalid') {
        // The descriptor stays at the head. The packet is freed with its completion already set
        // up, which posts an address that nobody is owed: a kernel bug, kept because it is seen.
        completions.ring.submitAddress(low, high);
        completions.ring.cancel(1);
        return errno.EINVAL;
      }
      checksum = answer;
    } else if (this.#parts === MAX_FRAGMENTS - 1 && continued) {
      this.#overflow(low, high);
      return 0;
    }
    this.#addresses[2 * this.#parts] = low;
    this.#addresses[2 * this.#parts + 1] = high;
    this.#parts++;
    ring.release();
    if (!continued && this.#parts === 1 && checksum === undefined) {
      return this.#send(this.#queue.umem.memory.bytes, this.#offset(low, high), length);
    }
    this.#append(low, high, length);
    if (checksum !== undefined) writeChecksum(this.#packet, length, checksum);
    return continued ? 0 : this.#send(this.#packet, 0, this.#length);
  }

  /** An invalid descriptor ends the call. 0, or -EAGAIN where it cannot be completed yet. */
  #reject(low: number, high: number, options: number): number {
    const { ring } = this.#queue.completions;
    this.invalidDescs += this.#parts;
    if (!this.#completesAll) {
      this.abandon();
    } else {
      this.#completeParts();
      if (!ring.reserve()) return errno.EAGAIN;
      ring.submitAddress(low, high);
      this.#draining = (options & DESC_CONTINUED) !== 0;
    }
    this.ring.release();
    this.invalidDescs++;
    return 0;
  }

  /** One descriptor too many (`-EOVERFLOW`): the whole packet is invalid; the call goes on. */
  #overflow(low: number, high: number): void {
    const { ring } = this.#queue.completions;
    this.invalidDescs += this.#parts + 1;
    this.ring.release();
    if (this.#completesAll) {
      this.#completeParts();
      ring.submitAddress(low, high);
      this.#draining = true;
    } else {
      ring.cancel(1);
      this.abandon();
    }
  }

  /** Hands a whole packet to the driver (`__dev_direct_xmit`). */
  #send(bytes: Uint8Array, offset: number, length: number): number {
    const { device, queueId, completions, kernel } = this.#queue;
    if (kernel.faults.active && kernel.faults.take('driverTx') !== 0) {
      // `NETDEV_TX_BUSY`: as if none of its descriptors had been looked at.
      this.ring.cancel(this.#parts);
      this.abandon();
      return errno.EAGAIN;
    }
    const sent = device.transmit(bytes, offset, length, queueId);
    // The first one was kept in the packet's `destructor_arg`, whose lowest bit is a mark.
    this.#addresses[0]! &= ~1;
    // The frame was copied, so that its buffers come back also when the device dropped it.
    if (sent) completions.sent(this.#addresses, this.#parts);
    else completions.now(this.#addresses, this.#parts);
    this.#forget();
    this.#sentFrame ||= sent;
    return sent ? 0 : errno.EBUSY;
  }

  #append(low: number, high: number, length: number): void {
    if (this.#packet.length === 0) this.#packet = new Uint8Array(MAX_PACKET);
    const { bytes } = this.#queue.umem.memory;
    copyBytes(this.#packet, this.#length, bytes, this.#offset(low, high), length);
    this.#length += length;
  }

  #offset(low: number, high: number): number {
    return txOffset(this.#queue.umem, low, high);
  }

  #readMetadata(low: number, high: number, length: number) {
    return readTxMetadata(this.#queue, this.#offset(low, high), length);
  }

  #completeParts(): void {
    if (this.#parts > 0) this.#addresses[0]! &= ~1;
    this.#queue.completions.now(this.#addresses, this.#parts);
    this.#forget();
  }

  #forget(): void {
    this.#parts = 0;
    this.#length = 0;
  }
}
