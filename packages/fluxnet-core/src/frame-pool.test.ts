import fc from 'fast-check';
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

it('finds the frame of every byte, whatever the frame size', () => {
  fc.assert(
    fc.property(
      fc.oneof(fc.integer({ min: 2048, max: 4096 }), fc.constantFrom(2048, 4096)),
      fc.double({ min: 0, max: 1, noNaN: true }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (frameSize, whichFrame, whichByte) => {
        const last = Math.floor(2 ** 31 / frameSize) - 1;
        const frame = Math.floor(whichFrame * last);
        const pool = new FramePool(frameSize, 1, frame);
        expect(pool.take()).toBe(frame * frameSize);
        const byte = Math.floor(whichByte * (frameSize - 1));
        expect(pool.give(frame * frameSize + byte)).toBe(true);
        expect(pool.take()).toBe(frame * frameSize);
      },
    ),
  );
});

it('reaches the last frame of 2 GiB also where its size is no power of two', () => {
  const frame = Math.floor(2 ** 31 / 3001) - 1;
  const pool = new FramePool(3001, 1, frame);
  pool.take();
  pool.give(frame * 3001 + 3000);
  expect(pool.take()).toBe(frame * 3001);
});

it('splits its last frames off, if they are free', () => {
  const pool = new FramePool(2048, 8);
  const used = [pool.take(), pool.take()];
  const slice = pool.split(3);
  expect([slice.firstFrame, slice.frameCount, slice.free]).toEqual([5, 3, 3]);
  expect([pool.frameCount, pool.free]).toEqual([5, 3]);
  const taken = new Set(Array.from({ length: 4 }, () => pool.take()));
  expect(taken).toEqual(new Set([4096, 6144, 8192, -1]));
  expect(() => pool.split(1)).toThrow(/FLUX_INVALID_OPTION.*1 of these are not/);
  for (const frame of [...used, ...taken]) if (frame >= 0) pool.give(frame);
  expect(pool.give(0)).toBe(false);
  expect(pool.split(5).free).toBe(5);
  expect([pool.frameCount, pool.take(), pool.give(0)]).toEqual([0, -1, false]);
  for (const count of [0, 6, -1, 1.5, Number.NaN]) expect(() => pool.split(count)).toThrow();
});
