import assert from 'node:assert/strict';
import type { Case } from '../case.js';
import { expectReturns } from '../expectations.js';
import type { Rig } from '../rig.js';
import { pending, pushTx } from '../rings.js';
import { Wire } from '../wire.js';

const PARTS = ['program', 'socket', 'queue', 'umem', 'memory'] as const;

/** Orders of closing: each part first, the others in their usual order and reversed. */
const ORDERS = PARTS.flatMap((first) => {
  const rest = PARTS.filter((part) => part !== first);
  return [
    [first, ...rest],
    [first, ...rest.toReversed()],
  ];
});

function openAll(rig: Rig, ifname: string) {
  const port = rig.port(ifname);
  return { ...port, program: rig.attach(port) };
}

export const closeCases: readonly Case[] = [
  {
    name: 'L open and close of one queue, again and again',
    async run(rig) {
      const { a } = rig.pair();
      for (let i = 0; i < 30; i++) {
        const port = await rig.portAgain(a, { chunkCount: 4 });
        expectReturns(port.socket.kick(), 0);
        port.memory.close();
      }
    },
  },
  {
    name: 'L close in any order, twice, leaves nothing',
    async run(rig) {
      for (const order of ORDERS) {
        const parts = openAll(rig, rig.pair().a);
        for (const part of order) {
          parts[part].close();
          parts[part].close();
        }
        assert.equal(parts.bytes.length, 0, 'views of closed memory are empty');
        assert.equal(parts.queue.fill.buffer.byteLength, 0);
        assert.equal(parts.socket.tx!.buffer.byteLength, 0);
        assert.equal(rig.backend.interfaceInfo(parts.ifname).program, undefined);
      }
    },
  },
  {
    name: 'L close with packets queued and frames with the kernel',
    async run(rig) {
      const wire = new Wire(rig);
      wire.queue([1, 2, 3]);
      pushTx(wire.sender.socket.tx, { addr: 0, len: 64, options: 1 });
      expectReturns(wire.kick(), 0);
      wire.queue([4]);
      wire.sender.memory.close();
      wire.receiver.memory.close();
      const again = await rig.portAgain(wire.pair.a);
      expectReturns(again.socket.kick(), 0);
    },
  },
  {
    name: 'L without a program nothing is received and sending goes on; a new one receives again',
    async run(rig) {
      const wire = new Wire(rig);
      wire.program.close();
      wire.queue([1]);
      expectReturns(wire.kick(), 0);
      await wire.complete(1);
      await rig.sleep(5); // It is past the far end, where nobody takes it.
      rig.attach(wire.receiver);
      await wire.expectNothingBefore(2);
    },
  },
  {
    name: 'L a killed process leaves neither queue nor program',
    needs: ['processes'],
    async run(rig) {
      const { a } = rig.pair();
      await rig.machine.killHolder!(a);
      const port = await rig.portAgain(a);
      rig.attach(port);
      expectReturns(port.socket.kick(), 0);
      assert.equal(pending(port.socket.tx!), 0);
    },
  },
];
