import fc from 'fast-check';
import { expect, test } from 'vitest';
import { frameOf } from '../testing/port.js';
import { FrameQueue } from './frame-queue.js';

/** Pushes (a length, at an odd place or not) and shifts (-1), against a plain array. */
const operations = fc.array(
  fc.oneof(
    fc.constant(-1),
    fc.record({ length: fc.integer({ min: 1, max: 800 }), at: fc.integer({ min: 0, max: 9 }) }),
  ),
  { maxLength: 100 },
);

test('gives frames as they were put in, however it grows and turns', () => {
  fc.assert(
    fc.property(operations, (list) => {
      const queue = new FrameQueue();
      const model: { frame: Uint8Array; queueId: number; timeNs: number }[] = [];
      list.forEach((operation, i) => {
        if (operation === -1) {
          if (model.length === 0) return;
          model.shift();
          queue.shift();
        } else if (typeof operation !== 'number') {
          const { length, at } = operation;
          const frame = frameOf(length, i);
          const source = new Uint8Array(at + length + 3);
          source.set(frame, at);
          queue.push(source, at, length, i, 1000 + i);
          model.push({ frame, queueId: i, timeNs: 1000 + i });
        }
        expect(queue.count).toBe(model.length);
        const head = model[0];
        if (head === undefined) return;
        const { headBytes, headOffset, headLength } = queue;
        expect(headBytes.slice(headOffset, headOffset + headLength)).toEqual(head.frame);
        expect([queue.headQueueId, queue.headTimeNs]).toEqual([head.queueId, head.timeNs]);
      });
    }),
  );
});
