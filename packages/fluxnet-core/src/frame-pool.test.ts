import { expect, it } from 'vitest';
import { FramePool } from './frame-pool.js';

it('gives every frame once, then -1', () => {
  const pool = new FramePool(2048, 4);
  const taken = [pool.take(), pool.take(), pool.take(), pool.take()];
  expect(taken).toEqual([0, 2048, 4096, 6144]);
  expect(pool.take()).toBe(-1);
  expect(pool.free).toBe(0);
});

it('takes a frame back by any offset inside it, last in first out', () => {
  const pool = new FramePool(2048, 4);
  pool.take();
  pool.take();
  expect(pool.give(2048 + 256)).toBe(true);
  expect(pool.take()).toBe(2048);
});

it('refuses more frames than it has', () => {
  const pool = new FramePool(2048, 2);
  expect(pool.give(0)).toBe(false);
  expect(pool.free).toBe(2);
});

it('divides a slice of the memory', () => {
  const pool = new FramePool(4096, 2, 8);
  expect([pool.take(), pool.take(), pool.take()]).toEqual([8 * 4096, 9 * 4096, -1]);
});

it('reaches the last frame of 2 GiB', () => {
  const pool = new FramePool(4096, 1, 2 ** 19 - 1);
  const frame = pool.take();
  expect(frame).toBe(2 ** 31 - 4096);
  expect(pool.give(frame + 4095)).toBe(true);
  expect(pool.take()).toBe(frame);
});
