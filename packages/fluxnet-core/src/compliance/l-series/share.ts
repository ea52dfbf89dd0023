import assert from 'node:assert/strict';
import type { Case } from '../case.js';
import { expectRefusal, expectReturns } from '../expectations.js';
import { COPY, openSocket } from '../port.js';
import type { Rig } from '../rig.js';
import { pending, pushFill, pushTx, takeCompletions, takeRx } from '../rings.js';
import { LENGTH, Wire } from '../wire.js';

const INHERIT = { copyMode: 'auto', needWakeup: false, multiBuffer: false } as const;

function secondSocket(rig: Rig, wire: Wire) {
  const second = rig.backend.openSocket(wire.sender.queue, { rxRingSize: 0, txRingSize: 16 });
  second.bind(INHERIT);
  return second;
}

/** Several sockets on a queue, several queues over a memory. */
export const shareCases: readonly Case[] = [
  {
    name: 'L sockets of one queue complete into one ring',
    async run(rig) {
      const wire = new Wire(rig);
      const second = secondSocket(rig, wire);
      wire.queue([1]);
      pushTx(second.tx, wire.packet(2));
      expectReturns(wire.kick(), 0);
      expectReturns(second.kick(), 0);
      assert.deepEqual(await wire.receive(2), [1, 2]);
      assert.deepEqual(await wire.complete(2), [4096n, 8192n]);
    },
  },
  {
    name: 'L the first socket of a queue closes, the others go on',
    async run(rig) {
      const wire = new Wire(rig);
      const second = secondSocket(rig, wire);
      wire.sender.socket.close();
      expectReturns(wire.kick(), 'EBADF');
      pushTx(second.tx, wire.packet(2));
      expectReturns(second.kick(), 0);
      assert.deepEqual(await wire.receive(1), [2]);
      assert.deepEqual(await wire.complete(1), [8192n]);
    },
  },
  {
    name: 'L the first socket of a queue closes, and the queue is busy until all are closed',
    async run(rig) {
      const wire = new Wire(rig);
      secondSocket(rig, wire);
      wire.sender.socket.close();
      await expectRefusal({ code: 'FLUX_QUEUE_BUSY', errno: 'EBUSY' }, () => rig.port(wire.pair.a));
      wire.sender.queue.close();
      await rig.portAgain(wire.pair.a);
    },
  },
  {
    name: 'L two interfaces over one memory: forwarding moves no byte',
    async run(rig) {
      const wire = new Wire(rig);
      const next = rig.pair();
      const last = rig.port(next.b);
      rig.attach(last);
      pushFill(last.queue.fill, 0);
      const out = openSocket(wire.receiver.umem, rig.backend, next.a);
      out.socket.bind(INHERIT);
      wire.queue([7]);
      expectReturns(wire.kick(), 0);
      const [packet] = await wire.receiveDescriptors(1);
      pushTx(out.socket.tx, { addr: packet!.addr, len: packet!.len });
      expectReturns(out.socket.kick(), 0);
      await rig.until('the packet', () => pending(last.socket.rx!) === 1);
      const [forwarded] = takeRx(last.socket.rx);
      assert.equal(forwarded!.len, LENGTH);
      assert.equal(last.bytes[forwarded!.addr + 12], 7);
      await rig.until('the completion', () => pending(out.queue.completion) === 1);
      assert.deepEqual(takeCompletions(out.queue.completion), [BigInt(packet!.addr)]);
    },
  },
  {
    name: 'L the queue that a memory was bound with first closes, another one opens',
    async run(rig) {
      const { a, b } = rig.pair();
      const first = rig.port(a);
      const second = openSocket(first.umem, rig.backend, b);
      second.socket.bind(INHERIT);
      first.queue.close();
      expectReturns(second.socket.kick(), 0);
      const third = openSocket(first.umem, rig.backend, rig.pair().a);
      third.socket.bind(COPY);
      expectReturns(third.socket.kick(), 0);
    },
  },
];
