import type { Queue } from './contract/queue.js';
import type { FramePool } from './frame-pool.js';
import type { FillRing } from './rings/fill-ring.js';

/**
 * Drivers that do not send in zero-copy mode while the fill ring of the queue is empty, although
 * nobody receives on it.
 */
const DRIVERS: readonly string[] = ['ice', 'i40e'];

/** Should the fill ring of a queue that only sends get frames? */
export function shouldPrefill(
  wanted: boolean | 'auto',
  { driver, rxRingSize, zeroCopy }: { driver: string; rxRingSize: number; zeroCopy: boolean },
): boolean {
  if (rxRingSize > 0) return false;
  return wanted === 'auto' ? zeroCopy && DRIVERS.includes(driver) : wanted;
}

/** Frames that the kernel was given and nobody takes back, by pool and queue. */
const parked = new WeakMap<FramePool, Map<string, Int32Array>>();

/**
 * Gives the kernel frames, at most half of the free ones, that nothing is received into.
 * @returns how many
 */
export function prefill(frames: FramePool, fill: FillRing, queue: Queue): number {
  const count = fill.reserve(frames.free >> 1);
  const given = new Int32Array(count);
  for (let i = 0; i < count; i++) {
    given[i] = frames.take();
    fill.setAddress(i, given[i]!);
  }
  fill.submit(count);
  const queues = parked.get(frames) ?? new Map<string, Int32Array>();
  parked.set(frames, queues.set(nameOf(queue), given));
  return count;
}

/**
 * Takes back what the same queue was given when it was open before: now that it is bound again, the
 * driver has let go of it.
 */
export function reclaimPrefilled(frames: FramePool, queue: Queue): void {
  const queues = parked.get(frames);
  for (const address of queues?.get(nameOf(queue)) ?? []) frames.give(address);
  queues?.delete(nameOf(queue));
}

function nameOf({ ifindex, queueId }: Queue): string {
  return `${ifindex}/${queueId}`;
}
