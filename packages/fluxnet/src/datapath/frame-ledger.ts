import type { FramePool } from 'fluxnet-core';
import { Counter } from './counters.js';
import type { PortQueue } from './port-queue.js';

/** Where every frame is. `total` is the sum of the others; anything else is a bug of ours. */
export interface FrameLedger {
  readonly total: number;
  readonly pool: number;
  readonly rx: number;
  readonly tx: number;
  /** In the batch that is being handled; 0 between batches. */
  readonly batch: number;
  /** With the user, who keeps them. */
  readonly held: number;
  /** Withdrawn, because the kernel named them in a descriptor that is not valid. */
  readonly quarantined: number;
}

export function frameLedger(
  frames: FramePool,
  queues: readonly PortQueue[],
  batch: number,
  held: number,
): FrameLedger {
  const sum = (count: (queue: PortQueue) => number) =>
    queues.reduce((total, queue) => total + count(queue), 0);
  return {
    total: frames.frameCount,
    pool: frames.free,
    rx: sum((queue) => queue.rxOutstanding),
    tx: sum((queue) => queue.txOutstanding),
    batch,
    held,
    quarantined: sum(
      ({ counters }) => counters[Counter.quarantined]! + counters[Counter.invalidCompletions]!,
    ),
  };
}
