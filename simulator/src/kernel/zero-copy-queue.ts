import { DESC_CONTINUED, RING_NEED_WAKEUP, type RingRegion } from 'fluxnet-core';
import { copyBytes } from './copy-bytes.js';
import { isValidTxDescriptor, txOffset } from './descriptor.js';
import type { SimQueue } from './queue.js';
import { produce } from './rx-path.js';
import type { SimSocket } from './socket.js';

/** Receive buffers that the hardware holds. */
const HARDWARE_RING = 64;
/** `MAX_PER_SOCKET_BUDGET` (net/xdp/xsk.c): descriptors of one socket before the next one's turn. */
const SOCKET_BUDGET = 32;
/** Descriptors that one poll of the driver sends. */
const TX_PER_POLL = 256;

/**
 * The driver's half of a queue in zero-copy mode, after the Intel drivers: it holds buffers of
 * the fill ring before frames arrive, runs when it is woken, and says through the flags of fill
 * and TX ring when it needs that (`xsk_set_rx_need_wakeup`, net/xdp/xsk.c).
 */
export class ZeroCopyQueue {
  readonly #queue: SimQueue;
  readonly #buffers: number[] = [];
  readonly #addresses = new Int32Array(2 * SOCKET_BUDGET);
  #packet = new Uint8Array(0);
  #running = false;

  constructor(queue: SimQueue) {
    this.#queue = queue;
    this.#refill();
  }

  /** Buffers in the hardware. */
  get held(): number {
    return this.#buffers.length;
  }

  /** The longest frame that the hardware accepts. */
  get capacity(): number {
    const { pool, multiBuffer, device } = this.#queue;
    return pool.hardwareCapacity(multiBuffer) * (multiBuffer ? device.zeroCopyMaxSegments : 1);
  }

  /**
   * Has the hardware buffers for a frame that arrives? Without them it drops the frame. A driver
   * that ran dry and may ask for a wake-up does not look at the fill ring again by itself.
   */
  accepts(length: number): boolean {
    if (length > this.capacity) return false;
    if (this.#buffers.length === 0 && !this.#queue.needWakeup) this.#refill();
    return this.#buffersFor(length) <= this.#buffers.length;
  }

  /** The program has decided on the frame: the driver looks for new buffers. */
  afterReceive(): void {
    this.#refill();
  }

  /** The program redirected the frame to the socket: its bytes are stored where they arrived. */
  deliver(
    socket: SimSocket,
    bytes: Uint8Array,
    offset: number,
    length: number,
    metadataLength: number,
  ): void {
    const { pool, umem, multiBuffer } = this.#queue;
    const capacity = pool.hardwareCapacity(multiBuffer);
    const count = this.#buffersFor(length);
    if (count > this.#buffers.length) return; // The program made it longer than there is room.
    if (socket.rxRing?.hasRoom(count) !== true) {
      socket.rxRingFull++;
      socket.received(false, false);
      return;
    }
    for (let i = 0, done = 0; i < count; i++) {
      const base = this.#buffers.pop()!;
      const front = i === 0 ? metadataLength : 0;
      const part = Math.min(capacity, length - done);
      const start = base + pool.dataOffset - front;
      copyBytes(umem.memory.bytes, start, bytes, offset + done - front, part + front);
      done += part;
      produce(socket, umem, base, part, done < length ? DESC_CONTINUED : 0);
    }
    socket.received(true, false);
  }

  #buffersFor(length: number): number {
    const { pool, multiBuffer } = this.#queue;
    return Math.ceil(length / pool.hardwareCapacity(multiBuffer));
  }

  /** `ndo_xsk_wakeup`: the driver runs soon, in its own context. */
  wake(): void {
    if (this.#running) return;
    this.#running = true;
    if (this.#queue.needWakeup) this.#setTxFlags(false);
    const { scheduler, profile } = this.#queue.kernel;
    scheduler.after(profile.turnNs, () => {
      this.#running = false;
      if (!this.#queue.closed && !this.#queue.device.removed) this.#poll();
    });
  }

  #poll(): void {
    this.#refill();
    const sent = this.#queue.device.up ? this.#transmit() : 0;
    if (sent > 0) this.wake();
    else if (this.#queue.needWakeup) this.#setTxFlags(true);
  }

  /** Takes what the fill ring has; how that ended decides on the wake-up flag. */
  #refill(): void {
    const { pool, needWakeup, fill } = this.#queue;
    let failed = false;
    while (this.#buffers.length < HARDWARE_RING && !failed) {
      const base = pool.allocate();
      if (base < 0) failed = true;
      else this.#buffers.unshift(base); // First in, first out.
    }
    pool.publishFill();
    if (needWakeup) this.#setFlag(fill, this.#buffers.length === 0);
  }

  /** Round after round, 32 descriptors of every socket (`xsk_tx_peek_desc`). */
  #transmit(): number {
    let total = 0;
    for (let moved = 1; moved > 0 && total < TX_PER_POLL; ) {
      moved = 0;
      for (const socket of this.#queue.sockets) moved += this.#transmitFrom(socket);
      total += moved;
    }
    return total;
  }

  #transmitFrom(socket: SimSocket): number {
    const { txPath } = socket;
    if (txPath === undefined) return 0;
    const { umem, completions } = this.#queue;
    const { ring } = txPath;
    let taken = 0;
    let parts = 0;
    let length = 0;
    while (taken < SOCKET_BUDGET) {
      const entry = ring.peek();
      if (entry < 0) break;
      const [low, high] = [ring.words[entry]!, ring.words[entry + 1]!];
      const partLength = ring.words[entry + 2]! >>> 0;
      const options = ring.words[entry + 3]!;
      if (!isValidTxDescriptor(umem, low, high, partLength, options)) {
        ring.release();
        txPath.invalidDescs += parts + 1;
        completions.ring.cancel(parts);
        [parts, length] = [0, 0];
        taken++;
        continue;
      }
      if (!completions.ring.reserve()) break;
      ring.release();
      taken++;
      this.#addresses[2 * parts] = low;
      this.#addresses[2 * parts + 1] = high;
      parts++;
      length = this.#append(txOffset(umem, low, high), length, partLength);
      if ((options & DESC_CONTINUED) !== 0) continue;
      this.#send(length, parts);
      [parts, length] = [0, 0];
    }
    // A packet whose end has not come yet is looked at again.
    ring.cancel(parts);
    completions.ring.cancel(parts);
    ring.publish();
    if (taken - parts > 0) socket.waiters.wake('writable');
    return taken - parts;
  }

  #append(offset: number, length: number, partLength: number): number {
    const { bytes } = this.#queue.umem.memory;
    if (this.#packet.length === 0) this.#packet = new Uint8Array(SOCKET_BUDGET * 4096);
    copyBytes(this.#packet, length, bytes, offset, partLength);
    return length + partLength;
  }

  #send(length: number, parts: number): void {
    const { device, queueId, completions } = this.#queue;
    device.transmit(this.#packet, 0, length, queueId);
    completions.sent(this.#addresses, parts);
  }

  #setTxFlags(set: boolean): void {
    for (const { tx } of this.#queue.sockets) {
      if (tx !== undefined) this.#setFlag(tx, set);
    }
  }

  #setFlag(region: RingRegion, set: boolean): void {
    if (region.buffer.byteLength === 0) return; // Closed.
    const words = new Int32Array(region.buffer);
    words[region.flagsOffset >> 2] = set ? RING_NEED_WAKEUP : 0;
  }
}
