import {
  errno,
  type FramePool,
  type Program,
  type RxRing,
  type TxRing,
  type Xsk,
} from 'fluxnet-core';
import { addPacket, type Batch, beginBatch } from './batch.js';
import { COUNTER_COUNT, Counter } from './counters.js';

/** A kick sends at most the TX budget (32 by default); more kicks than this wait for a turn. */
const MAX_KICKS_PER_FLUSH = 128;

/**
 * One queue of one interface in an engine. A frame is always in one place: in the pool, in the
 * fill ring or the kernel's hands to receive (`filled - received`), in a batch, or in the TX ring
 * or the kernel's hands to send (`txPackets - completed`).
 */
export class Port {
  readonly index: number;
  readonly xsk: Xsk;
  readonly program: Program;
  readonly counters = new Float64Array(COUNTER_COUNT);
  readonly #rx: RxRing;
  readonly #tx: TxRing;
  readonly #frames: FramePool;
  readonly #memorySize: number;
  readonly #fillTarget: number;
  readonly #txLimit: number;
  /** TX entries wanted, granted and written in the current batch. */
  #wanted = 0;
  #granted = 0;
  #written = 0;
  #flushPending = false;

  /**
   * @param share frames that may be with the kernel to receive into, and as many again on their
   * way out: a port that cannot send must not take the frames of the others
   */
  constructor(index: number, xsk: Xsk, program: Program, share: number) {
    this.index = index;
    this.xsk = xsk;
    this.program = program;
    this.#rx = xsk.rx!; // The options of a port allow no socket without one.
    this.#tx = xsk.tx!;
    this.#frames = xsk.umem.frames;
    // Huge pages may round the memory up; frames end here.
    this.#memorySize = this.#frames.frameCount * this.#frames.frameSize;
    this.#fillTarget = Math.min(share, xsk.fill.size);
    this.#txLimit = share;
  }

  get rings(): { rx: RxRing; tx: TxRing; fill: Xsk['fill']; completion: Xsk['completion'] } {
    const { fill, completion } = this.xsk;
    return { rx: this.#rx, tx: this.#tx, fill, completion };
  }

  /** Frames that the kernel has to receive into. */
  get rxOutstanding(): number {
    const { counters } = this;
    return (
      counters[Counter.filled]! -
      counters[Counter.rxPackets]! -
      counters[Counter.dropInvalidDescriptor]!
    );
  }

  /** Frames that are on their way out. */
  get txOutstanding(): number {
    return this.counters[Counter.txPackets]! - this.counters[Counter.completed]!;
  }

  /** A ring that breaks its protocol gives nothing any more. */
  get corruptRing(): 'rx' | 'tx' | 'fill' | 'completion' | undefined {
    const { fill, completion } = this.xsk;
    if (this.#rx.corrupt) return 'rx';
    if (this.#tx.corrupt) return 'tx';
    if (fill.corrupt) return 'fill';
    return completion.corrupt ? 'completion' : undefined;
  }

  /** Takes transmitted frames back into the pool. Returns how many. */
  collect(): number {
    const { completion } = this.xsk;
    const count = completion.peek(completion.size);
    if (count === 0) return 0;
    let invalid = 0;
    for (let i = 0; i < count; i++) {
      const address = completion.address(i);
      if (address < 0 || address >= this.#memorySize || !this.#frames.give(address)) invalid++;
    }
    completion.release(count);
    this.counters[Counter.completed]! += count;
    this.counters[Counter.invalidCompletions]! += invalid;
    return count;
  }

  /** Keeps the kernel supplied with frames to receive into. */
  refill(): void {
    const missing = Math.min(this.#fillTarget - this.rxOutstanding, this.#frames.free);
    if (missing <= 0) return;
    const { fill } = this.xsk;
    const count = fill.reserve(missing);
    for (let i = 0; i < count; i++) fill.setAddress(i, this.#frames.take());
    fill.submit(count);
    this.counters[Counter.filled]! += count;
    // Only zero-copy drivers raise it: they ran dry and sleep.
    if (fill.needsWakeup) this.xsk.socket.wakeRx();
  }

  /** Moves up to `limit` received packets into the batch. Returns how many descriptors it took. */
  receive(batch: Batch, limit: number): number {
    const rx = this.#rx;
    const count = rx.peek(limit);
    if (count === 0) return 0;
    beginBatch(batch, this.index);
    let bytes = 0;
    for (let i = 0; i < count; i++) {
      const address = rx.address(i);
      const length = rx.length(i);
      // SAFETY: nothing may point at memory that is not ours, whatever the ring says.
      if (address >= 0 && length > 0 && address + length <= this.#memorySize) {
        addPacket(batch, address, length);
        bytes += length;
      }
    }
    rx.release(count);
    this.counters[Counter.rxPackets]! += batch.count;
    this.counters[Counter.rxBytes]! += bytes;
    this.counters[Counter.dropInvalidDescriptor]! += count - batch.count;
    return count;
  }

  /** One more packet of the batch wants to leave by this port. */
  want(): void {
    this.#wanted++;
  }

  /** Takes TX entries for all that want to leave, as far as there are any. */
  reserve(): void {
    const room = this.#txLimit - this.txOutstanding;
    this.#granted = this.#wanted === 0 ? 0 : this.#tx.reserve(Math.min(this.#wanted, room));
    this.#written = 0;
  }

  /** Writes one packet into the reserved entries; false when they are used up. */
  enqueue(offset: number, length: number): boolean {
    if (this.#written === this.#granted) {
      this.counters[Counter.dropTxRingFull]!++;
      return false;
    }
    this.#tx.setDescriptor(this.#written++, offset, length, 0);
    this.counters[Counter.txPackets]!++;
    this.counters[Counter.txBytes]! += length;
    return true;
  }

  /** Hands what was written to the kernel, which sends it at the next flush. */
  submit(): void {
    if (this.#written > 0) {
      this.#tx.submit(this.#written);
      this.#flushPending = true;
    }
    this.#wanted = 0;
  }

  get flushPending(): boolean {
    return this.#flushPending;
  }

  /**
   * Kicks until the kernel has taken everything (`sendto` returns 0), or as far as it can go now.
   * Must come before every sleep, because poll transmits as well and swallows the error.
   */
  flush(): void {
    if (!this.#flushPending) return;
    const tx = this.#tx;
    const { socket } = this.xsk;
    if (!tx.needsWakeup) {
      this.#flushPending = false;
      return;
    }
    for (let kicks = 0; kicks < MAX_KICKS_PER_FLUSH; kicks++) {
      const before = tx.pending;
      const result = socket.kick();
      this.counters[Counter.kicks]!++;
      if (result === 0) {
        this.#flushPending = false;
        return;
      }
      // Budget or completion ring used up. Without any progress, waiting helps more than kicking.
      if (result === errno.EAGAIN) {
        if (this.collect() === 0 && tx.pending === before) return;
        // One packet was dropped by the device and completed; the rest can go on.
      } else if (result === errno.EBUSY) {
        this.counters[Counter.dropDevice]!++;
      } else {
        return; // Down, gone or out of memory: the packets wait.
      }
    }
  }
}
