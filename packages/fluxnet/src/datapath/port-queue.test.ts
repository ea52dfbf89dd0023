import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MemoryQueue } from '../testing/memory-queue.js';
import { Counter } from './counters.js';
import type { TxFull } from './dispatcher.js';
import { frameLedger } from './frame-ledger.js';
import { PacketLoop } from './packet-loop.js';

interface Options {
  readonly multiBuffer?: boolean;
  readonly batchSize?: number;
  readonly txFull?: TxFull;
  readonly txRingSize?: number;
}

function open(options: Options = {}) {
  const { multiBuffer = true, batchSize = 16, txFull = 'dropNew', txRingSize = 128 } = options;
  const memory = new MemoryQueue({ multiBuffer, frameCount: 256, ringSize: 128, txRingSize });
  const loop = new PacketLoop(memory, memory.frames, [memory.queue], {
    portCount: 1,
    batchSize,
    txFull,
    debug: false,
  });
  memory.queue.refill();
  return { memory, loop, queue: memory.queue };
}

const count = ({ queue }: MemoryQueue, name: keyof typeof Counter) => queue.counters[Counter[name]];

function books({ memory, loop }: { memory: MemoryQueue; loop: PacketLoop }): number {
  const { total, ...places } = frameLedger(memory.frames, [memory.queue], loop.heldFrames, 0);
  return total - Object.values(places).reduce((sum, frames) => sum + frames, 0);
}

describe('packets of several descriptors', () => {
  it('stay in the ring until their last piece has come', () => {
    const { memory, loop, queue } = open();
    const [a, b] = [memory.takeFilled(), memory.takeFilled()];
    memory.receivePacket(60);
    memory.receive({ address: a, length: 100, options: 1 });
    expect(loop.receive(queue)).toBe(1);
    expect([...loop.batch].map(({ length }) => length)).toEqual([60]);
    loop.settle();
    expect(loop.receive(queue)).toBe(0);
    memory.receive({ address: b, length: 50 });
    expect(loop.receive(queue)).toBe(2);
    expect(loop.batch.at(0).length).toBe(150);
    expect([count(memory, 'rxPackets'), count(memory, 'rxFrames')]).toEqual([2, 3]);
  });

  it('are counted as one in a batch of one', () => {
    const { memory, loop, queue } = open({ batchSize: 1 });
    memory.receivePacket(10, 20, 30);
    memory.receivePacket(40);
    expect(loop.receive(queue)).toBe(3);
    expect([loop.batch.count, loop.batch.length(0)]).toEqual([1, 60]);
    loop.settle();
    expect(loop.receive(queue)).toBe(1);
    expect(loop.batch.length(0)).toBe(40);
  });

  it('leave as one, or not at all', () => {
    const { memory, loop, queue } = open({ txRingSize: 32 });
    memory.kick = () => -11;
    for (let i = 0; i < 11; i++) memory.receivePacket(100, 100, 1);
    let sent = 0;
    while (loop.receive(queue) > 0) {
      for (const packet of loop.batch) packet.tx();
      loop.settle();
    }
    const descriptors = memory.transmitted();
    for (const { options } of descriptors) if (options === 0) sent++;
    expect(descriptors.slice(0, 3).map(({ length, options }) => [length, options])).toEqual([
      [100, 1],
      [100, 1],
      [1, 0],
    ]);
    expect([sent, descriptors.length]).toEqual([10, 30]); // 32 entries.
    expect(count(memory, 'dropTxRingFull')).toBe(1);
    expect(books({ memory, loop })).toBe(0);
  });

  it('are dropped whole when a piece is nowhere, and its frame alone is lost', () => {
    const { memory, loop, queue } = open();
    const good = memory.takeFilled();
    memory.takeFilled();
    memory.receive({ address: good, length: 100, options: 1 }, { address: -4, length: 100 });
    memory.receivePacket(60);
    loop.receive(queue);
    expect(loop.batch.count).toBe(1);
    expect(count(memory, 'dropInvalidDescriptor')).toBe(1);
    expect(count(memory, 'quarantined')).toBe(1);
    expect(books({ memory, loop })).toBe(0);
  });

  it('that never end are dropped, to their end', () => {
    const { memory, loop, queue } = open();
    memory.receivePacket(...Array<number>(70).fill(10), 20);
    memory.receivePacket(60);
    const lengths: number[] = [];
    while (loop.receive(queue) > 0) {
      for (const { length } of loop.batch) lengths.push(length);
      loop.settle();
    }
    expect(lengths).toEqual([60]);
    expect(count(memory, 'dropInvalidDescriptor')).toBe(1);
    expect(books({ memory, loop })).toBe(0);
  });
});

describe('frames', () => {
  const descriptor = fc.record({
    length: fc.oneof(fc.integer({ min: 1, max: 1700 }), fc.constantFrom(0, -1, 2 ** 31 - 1)),
    more: fc.boolean(),
    astray: fc.oneof(
      { weight: 9, arbitrary: fc.constant(false) },
      { arbitrary: fc.boolean(), weight: 1 },
    ),
    sends: fc.boolean(),
  });

  it.each(['dropNew', 'block'] as const)('add up at any moment, with %s', (txFull) => {
    fc.assert(
      fc.property(
        fc.array(fc.array(descriptor, { maxLength: 40 }), { maxLength: 12 }),
        fc.boolean(),
        fc.integer({ min: 1, max: 20 }),
        (bursts, multiBuffer, batchSize) => {
          const { memory, loop, queue } = open({ multiBuffer, batchSize, txFull });
          let kicks = 0;
          memory.kick = () => {
            const sent = memory.transmitted().length;
            memory.complete(++kicks % 3 === 0 ? sent + 20 : 5);
            return kicks % 5 === 0 ? 0 : -11;
          };
          for (const burst of bursts) {
            for (const { length, more, astray } of burst) {
              const { fill } = queue.parts;
              if (fill.pending === 0) break;
              const address = memory.takeFilled() + 256;
              memory.receive({
                address: astray ? -address : address,
                length,
                options: Number(more),
              });
            }
            if (!loop.settle()) {
              loop.flush();
              continue;
            }
            loop.receive(queue);
            expect(books({ memory, loop })).toBe(0);
            loop.batch.forEach((packet, i) => {
              if (burst[i]?.sends) packet.tx();
            });
            loop.settle();
            expect(books({ memory, loop })).toBe(0);
            loop.flush();
            loop.collect();
            expect(books({ memory, loop })).toBe(0);
          }
          loop.dropWaiting();
          expect(books({ memory, loop })).toBe(0);
          const { counters } = queue;
          expect(counters[Counter.rxPackets]).toBe(
            counters[Counter.txPackets]! +
              counters[Counter.dropHandler]! +
              counters[Counter.dropTxRingFull]!,
          );
        },
      ),
    );
  });
});
