import assert from 'node:assert/strict';
import type { ErrnoName } from '../../errno.js';
import type { Case } from '../case.js';
import { expectReturns } from '../expectations.js';
import { consumer, takeCompletions } from '../rings.js';
import { SOL_XDP, XDP } from '../uapi.js';
import { Wire } from '../wire.js';

const numbers = (count: number, first = 0) => Array.from({ length: count }, (_, i) => first + i);

interface Row {
  readonly queued: number;
  readonly result: 0 | ErrnoName;
  readonly consumed: number;
  /** Default: what the kernel has without the option, 32. */
  readonly budget?: number;
}

/** The budget is looked at before the next descriptor: exactly 32 end with 0. */
const ROWS: readonly Row[] = [
  { queued: 31, result: 0, consumed: 31 },
  { queued: 32, result: 0, consumed: 32 },
  { queued: 33, result: 'EAGAIN', consumed: 32 },
  { queued: 34, result: 'EAGAIN', consumed: 32 },
  { queued: 100, result: 0, consumed: 100, budget: 100 },
  { queued: 128, result: 'EAGAIN', consumed: 100, budget: 100 },
];

const RINGS = { chunkCount: 128, txRingSize: 128, completionRingSize: 128 };

export const budgetCases: readonly Case[] = [
  ...ROWS.map(
    ({ queued, result, consumed, budget }): Case => ({
      name: `T budget ${budget ?? 32}: ${queued} queued, ${consumed} sent`,
      async run(rig) {
        const wire = new Wire(rig, {
          sender: RINGS,
          receiver: { ...RINGS, fillRingSize: 128, rxRingSize: 128 },
          fill: 128,
        });
        const { socket } = wire.sender;
        if (budget !== undefined) {
          expectReturns(socket.setOption(SOL_XDP, XDP.MAX_TX_SKB_BUDGET, budget), 0);
        }
        wire.queue(numbers(queued));
        expectReturns(wire.kick(), result);
        assert.deepEqual(await wire.receive(consumed), numbers(consumed));
        assert.equal((await wire.complete(consumed)).length, consumed);
        if (rig.machine.generation === 'C') assert.equal(consumer(socket.tx!), consumed);
        expectReturns(wire.kick(), 0);
        const rest = queued - consumed;
        assert.deepEqual(await wire.receive(rest), numbers(rest, consumed));
      },
    }),
  ),
  {
    name: 'T completion ring of 4, 10 queued: as many as there is room for',
    async run(rig) {
      const wire = new Wire(rig, { sender: { completionRingSize: 4 } });
      const { completion } = wire.sender.queue;
      wire.queue(numbers(10));
      expectReturns(wire.kick(), 'EAGAIN');
      assert.deepEqual(await wire.receive(4), numbers(4));
      expectReturns(wire.kick(), 'EAGAIN');
      await rig.until('4 completions', () => takeCompletions(completion, 1).length === 1);
      expectReturns(wire.kick(), 'EAGAIN');
      assert.deepEqual(await wire.receive(1), [4]);
      await wire.complete(4);
      expectReturns(wire.kick(), 'EAGAIN');
      assert.deepEqual(await wire.receive(4), numbers(4, 5));
      await wire.complete(4);
      expectReturns(wire.kick(), 0);
      assert.deepEqual(await wire.receive(1), [9]);
    },
  },
  {
    name: 'T each kick that empties the TX ring counts it as empty',
    async run(rig) {
      const wire = new Wire(rig);
      const empty = () => wire.sender.socket.statistics().txRingEmptyDescs;
      for (const [i, queued] of [0, 0, 3].entries()) {
        wire.queue(numbers(queued));
        expectReturns(wire.kick(), 0);
        assert.equal(empty(), i + 1);
      }
    },
  },
  {
    name: 'T nothing is sent without a kick',
    async run(rig) {
      const wire = new Wire(rig);
      wire.queue([1]);
      await rig.sleep(5);
      assert.equal(consumer(wire.sender.socket.tx!), 0);
      assert.deepEqual(await wire.receive(0), []);
      expectReturns(wire.kick(), 0);
      assert.deepEqual(await wire.receive(1), [1]);
    },
  },
];
