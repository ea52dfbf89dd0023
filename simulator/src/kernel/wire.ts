import { FrameQueue } from './frame-queue.js';
import type { Kernel } from './kernel.js';

/** Frames that are handed over in one go before the rest waits for a moment (`net.core.dev_weight`). */
const SOFTIRQ_BUDGET = 300;

/** Who takes the frames at the far end. */
export interface WireEnd {
  arrive(bytes: Uint8Array, offset: number, length: number, queueId: number): void;
  /** No more frames arrive in this go. */
  endBurst(): void;
}

/**
 * The way of frames from one end to the other: first in, first out, after some time. Nothing is
 * allocated per frame, and frames that were sent together arrive in one event. Without any
 * latency they arrive inside the call that sends them, as on a veth pair.
 */
export class Wire {
  readonly #kernel: Kernel;
  readonly #end: WireEnd;
  readonly #frames = new FrameQueue();
  #latestNs = 0;
  #scheduled = false;
  #delivering = false;
  readonly #onTime = (): void => {
    this.#scheduled = false;
    this.#deliver();
  };

  constructor(kernel: Kernel, end: WireEnd) {
    this.#kernel = kernel;
    this.#end = end;
  }

  /** The bytes are copied. */
  send(
    bytes: Uint8Array,
    offset: number,
    length: number,
    queueId: number,
    latencyNs: number,
  ): void {
    const { nowNs } = this.#kernel.scheduler;
    // Frames do not overtake each other when the latency is lowered.
    this.#latestNs = Math.max(this.#latestNs, nowNs + latencyNs);
    this.#frames.push(bytes, offset, length, queueId, this.#latestNs);
    if (latencyNs === 0 && this.#latestNs === nowNs && !this.#scheduled) this.#deliver();
    else this.#schedule();
  }

  #schedule(): void {
    if (this.#scheduled || this.#delivering) return;
    this.#scheduled = true;
    const { scheduler } = this.#kernel;
    scheduler.after(this.#frames.headTimeNs - scheduler.nowNs, this.#onTime);
  }

  #deliver(): void {
    if (this.#delivering) return; // Whoever delivers comes to it.
    this.#delivering = true;
    const frames = this.#frames;
    const { nowNs } = this.#kernel.scheduler;
    let left = SOFTIRQ_BUDGET;
    while (frames.count > 0 && frames.headTimeNs <= nowNs && left > 0) {
      this.#end.arrive(frames.headBytes, frames.headOffset, frames.headLength, frames.headQueueId);
      frames.shift();
      left--;
    }
    this.#end.endBurst();
    this.#delivering = false;
    if (frames.count === 0) return;
    this.#scheduled = true;
    const { scheduler, profile } = this.#kernel;
    const waitNs = frames.headTimeNs - scheduler.nowNs;
    scheduler.after(waitNs > 0 ? waitNs : profile.turnNs, this.#onTime);
  }
}
