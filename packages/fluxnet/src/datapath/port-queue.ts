import {
  type CompletionRing,
  DESC_CONTINUED,
  errno,
  type FillRing,
  type FramePool,
  type RxRing,
  type Socket,
  type TxRing,
} from 'fluxnet-core';
import { MAX_FRAGMENTS, type PacketTable } from '../packet/packet-table.js';
import { batchSizeSlot, COUNTER_SLOTS, Counter } from './counters.js';

/** A kick sends at most the TX budget (32 by default); more kicks than this wait for a turn. */
const MAX_KICKS_PER_FLUSH = 128;

/** What a queue of a port works on. */
export interface QueueParts {
  readonly socket: Socket;
  readonly rx: RxRing;
  readonly tx: TxRing;
  readonly fill: FillRing;
  readonly completion: CompletionRing;
  readonly frames: FramePool;
  /** Bytes of the memory that frames lie in. */
  readonly memorySize: number;
  readonly multiBuffer: boolean;
}

/**
 * One queue of one port: everything that receives and sends. A frame is always in one place: in
 * the pool, in the fill ring or the kernel's hands to receive (`filled - rxFrames`), with the
 * user, or in the TX ring or the kernel's hands to send (`txFrames - completed`).
 */
export class PortQueue {
  /** Index of the port. */
  readonly port: number;
  readonly queueId: number;
  readonly parts: QueueParts;
  readonly counters: Float64Array;
  /** By port: the queue that a packet received here leaves by. */
  egress: readonly PortQueue[] = [];
  /** The port that leads to the host's stack from here; -1 where there is none. */
  hostPort = -1;
  readonly #rx: RxRing;
  readonly #tx: TxRing;
  readonly #frames: FramePool;
  readonly #memorySize: number;
  readonly #multiBuffer: boolean;
  readonly #fillTarget: number;
  readonly #txLimit: number;
  /** TX entries wanted, granted and written in the current batch. */
  #wanted = 0;
  #granted = 0;
  #written = 0;
  #flushPending = false;
  /** The rest of a packet that had too many descriptors is still to come. */
  #skipping = false;

  /**
   * @param share frames that may be with the kernel to receive into, and as many again on their
   * way out: a queue that cannot send must not take the frames of the others
   */
  constructor(
    port: number,
    parts: QueueParts,
    share: number,
    counters = new Float64Array(COUNTER_SLOTS),
  ) {
    this.port = port;
    this.queueId = parts.socket.queue.queueId;
    this.parts = parts;
    this.counters = counters;
    this.#rx = parts.rx;
    this.#tx = parts.tx;
    this.#frames = parts.frames;
    this.#memorySize = parts.memorySize;
    this.#multiBuffer = parts.multiBuffer;
    this.#fillTarget = Math.min(share, parts.fill.size);
    this.#txLimit = share;
  }

  get ifname(): string {
    return this.parts.socket.queue.ifname;
  }

  /** Frames that the kernel has to receive into. */
  get rxOutstanding(): number {
    const { counters } = this;
    return counters[Counter.filled]! - counters[Counter.rxFrames]! - counters[Counter.quarantined]!;
  }

  /** Frames that are on their way out. */
  get txOutstanding(): number {
    return this.counters[Counter.txFrames]! - this.counters[Counter.completed]!;
  }

  /** A ring that breaks its protocol gives nothing any more. */
  get corruptRing(): 'rx' | 'tx' | 'fill' | 'completion' | undefined {
    const { fill, completion } = this.parts;
    if (this.#rx.corrupt) return 'rx';
    if (this.#tx.corrupt) return 'tx';
    if (fill.corrupt) return 'fill';
    return completion.corrupt ? 'completion' : undefined;
  }

  /** Takes transmitted frames back into the pool. Returns how many. */
  collect(): number {
    const { completion } = this.parts;
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
    const { fill } = this.parts;
    const count = fill.reserve(missing);
    for (let i = 0; i < count; i++) fill.setAddress(i, this.#frames.take());
    fill.submit(count);
    this.counters[Counter.filled]! += count;
    // Only zero-copy drivers raise it: they ran dry and sleep.
    if (fill.needsWakeup) {
      this.parts.socket.wakeRx();
      this.counters[Counter.rxWakeups]!++;
    }
  }

  /**
   * Moves up to `limit` received packets into the table, as a new batch.
   * @returns descriptors taken, of packets that were dropped as invalid as well
   */
  receive(table: PacketTable, limit: number): number {
    const taken = this.#multiBuffer
      ? this.#receiveFragments(table, limit)
      : this.#receiveFrames(table, limit);
    if (taken > 0 && table.count > 0) this.counters[batchSizeSlot(table.count)]!++;
    return taken;
  }

  #receiveFrames(table: PacketTable, limit: number): number {
    const rx = this.#rx;
    const count = rx.peek(limit);
    if (count === 0) return 0;
    table.begin(this.port, this.queueId, this.hostPort);
    let bytes = 0;
    for (let i = 0; i < count; i++) {
      const address = rx.address(i);
      const length = rx.length(i);
      if (this.#isInMemory(address, length)) {
        table.add(address, length);
        bytes += length;
      }
    }
    rx.release(count);
    const { counters } = this;
    const invalid = count - table.count;
    counters[Counter.rxPackets]! += table.count;
    counters[Counter.rxFrames]! += table.count;
    counters[Counter.rxBytes]! += bytes;
    counters[Counter.dropInvalidDescriptor]! += invalid;
    counters[Counter.quarantined]! += invalid;
    return count;
  }

  /** The last packet stays in the ring while its last piece has not arrived. */
  #receiveFragments(table: PacketTable, limit: number): number {
    const rx = this.#rx;
    const count = rx.peek(Math.max(limit, MAX_FRAGMENTS));
    if (count === 0) return 0;
    table.begin(this.port, this.queueId, this.hostPort);
    let position = 0;
    while (position < count && table.count < limit) {
      let end = position;
      while (end < count && (rx.options(end) & DESC_CONTINUED) !== 0) end++;
      const complete = end < count;
      if (complete) end++;
      const tooLong =
        end - position > MAX_FRAGMENTS || (!complete && end - position === MAX_FRAGMENTS);
      if (!complete && !tooLong && !this.#skipping) break;
      if (tooLong || this.#skipping) this.#discard(position, end);
      else this.#accept(table, position, end);
      if (tooLong && !this.#skipping) this.counters[Counter.dropInvalidDescriptor]!++;
      this.#skipping = !complete;
      position = end;
    }
    rx.cancel(count - position);
    rx.release(position);
    return position;
  }

  /** One packet of the descriptors from `start` to before `end`. */
  #accept(table: PacketTable, start: number, end: number): void {
    const rx = this.#rx;
    const { counters } = this;
    for (let i = start; i < end; i++) {
      if (this.#isInMemory(rx.address(i), rx.length(i))) continue;
      counters[Counter.dropInvalidDescriptor]!++;
      this.#discard(start, end);
      return;
    }
    table.add(rx.address(start), rx.length(start));
    for (let i = start + 1; i < end; i++) table.extend(rx.address(i), rx.length(i));
    counters[Counter.rxPackets]!++;
    counters[Counter.rxFrames]! += end - start;
    counters[Counter.rxBytes]! += table.lengths[table.count - 1]!;
  }

  /** Takes back the frames of a packet that is not to be had. */
  #discard(start: number, end: number): void {
    for (let i = start; i < end; i++) {
      const address = this.#rx.address(i);
      if (this.#isInMemory(address, this.#rx.length(i)) && this.#frames.give(address)) {
        this.counters[Counter.rxFrames]!++;
      } else {
        this.counters[Counter.quarantined]!++;
      }
    }
  }

  /** SAFETY: nothing may point at memory that is not ours, whatever the ring says. */
  #isInMemory(address: number, length: number): boolean {
    return address >= 0 && length > 0 && address + length <= this.#memorySize;
  }

  /** A packet of the batch wants to leave by this queue, in so many entries. */
  want(entries: number): void {
    this.#wanted += entries;
  }

  /** Takes TX entries for all that want to leave, as far as there are any. */
  reserve(): void {
    this.#written = 0;
    if (this.#wanted === 0) {
      this.#granted = 0;
      return;
    }
    const room = this.#txLimit - this.txOutstanding;
    this.#granted = this.#tx.reserve(Math.min(this.#wanted, room));
    this.#wanted = 0;
  }

  /** Entries that a packet may have at most: one of more never fits. */
  get capacity(): number {
    return Math.min(this.#tx.size, this.#txLimit);
  }

  /** Is one of the reserved entries left? */
  get hasRoom(): boolean {
    return this.#written < this.#granted;
  }

  /** Writes a packet of one frame into the reserved entries; false when they are used up. */
  enqueue(offset: number, length: number): boolean {
    if (this.#written === this.#granted) return false;
    this.#tx.setDescriptor(this.#written++, offset, length, 0);
    const { counters } = this;
    counters[Counter.txPackets]!++;
    counters[Counter.txFrames]!++;
    counters[Counter.txBytes]! += length;
    return true;
  }

  /** Writes a packet of any number of frames; false, and none of it, when it does not fit. */
  enqueuePacket(table: PacketTable, i: number): boolean {
    const count = table.fragmentCount(i);
    if (count === 1) return this.enqueue(table.offsets[i]!, table.lengths[i]!);
    if (this.#granted - this.#written < count) return false;
    for (let fragment = 0; fragment < count; fragment++) {
      const options = fragment + 1 < count ? DESC_CONTINUED : 0;
      const offset = table.fragmentOffset(i, fragment);
      this.#tx.setDescriptor(this.#written++, offset, table.fragmentLength(i, fragment), options);
    }
    const { counters } = this;
    counters[Counter.txPackets]!++;
    counters[Counter.txFrames]! += count;
    counters[Counter.txBytes]! += table.lengths[i]!;
    return true;
  }

  /** Hands what was written to the kernel, which sends it at the next flush. */
  submit(): void {
    if (this.#granted === 0) return;
    if (this.#granted > this.#written) this.#tx.cancel(this.#granted - this.#written);
    if (this.#written > 0) {
      this.#tx.submit(this.#written);
      this.#flushPending = true;
    }
    this.#granted = 0;
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
    const { socket } = this.parts;
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
