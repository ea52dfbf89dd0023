import { expect, it } from 'vitest';
import type { Queue } from './contract/queue.js';
import { FramePool } from './frame-pool.js';
import { prefill, reclaimPrefilled, shouldPrefill } from './prefill.js';
import { FillRing } from './rings/fill-ring.js';

it.each([
  ['auto', 'ice', 0, true, true],
  ['auto', 'i40e', 0, true, true],
  ['auto', 'ice', 0, false, false],
  ['auto', 'ice', 64, true, false],
  ['auto', 'mlx5_core', 0, true, false],
  [true, 'veth', 0, false, true],
  [true, 'veth', 64, false, false],
  [false, 'ice', 0, true, false],
] as const)(
  '%s on %s, RX ring of %i, zero-copy %s: %s',
  (wanted, driver, rx, zeroCopy, expected) => {
    expect(shouldPrefill(wanted, { driver, rxRingSize: rx, zeroCopy })).toBe(expected);
  },
);

function fillRing(size: number): FillRing {
  const offsets = { producerOffset: 0, consumerOffset: 128, flagsOffset: 196 };
  const buffer = new ArrayBuffer(320 + size * 8);
  return new FillRing({ buffer, ...offsets, descriptorOffset: 320, size });
}

it('frames come back when the same queue is bound again, once', () => {
  const frames = new FramePool(2048, 64);
  const queue = { ifindex: 3, queueId: 1 } as Queue;
  const other = { ifindex: 3, queueId: 2 } as Queue;
  expect(prefill(frames, fillRing(16), queue)).toBe(16);
  expect(prefill(frames, fillRing(64), other)).toBe(24); // Half of what is left.
  expect(frames.free).toBe(24);
  reclaimPrefilled(frames, queue);
  reclaimPrefilled(frames, queue);
  expect(frames.free).toBe(40);
  reclaimPrefilled(frames, other);
  const taken = new Set(Array.from({ length: 64 }, () => frames.take()));
  expect([taken.size, taken.has(-1), frames.free]).toEqual([64, false, 0]);
});
