import assert from 'node:assert/strict';
import type { Case } from '../case.js';
import { expectReturns } from '../expectations.js';
import { pushFill } from '../rings.js';
import { Wire } from '../wire.js';

const QUIET = { rxDropped: 0, rxInvalidDescs: 0, rxRingFull: 0, rxFillRingEmptyDescs: 0 };

/** Which of the statistics of reception moved. */
function received(wire: Wire) {
  const { rxDropped, rxInvalidDescs, rxRingFull, rxFillRingEmptyDescs } =
    wire.receiver.socket.statistics();
  return { rxDropped, rxInvalidDescs, rxRingFull, rxFillRingEmptyDescs };
}

/** Buffers, where there are too few or bad ones (`xp_alloc`, `__xsk_rcv`). */
export const bufferCases: readonly Case[] = [
  {
    name: 'R bad fill addresses are skipped, and counted nowhere',
    async run(rig) {
      const wire = new Wire(rig, { fill: 0 });
      const { memory, queue } = wire.receiver;
      pushFill(queue.fill, memory.size, 2n ** 48n, 2n ** 64n - 1n, 4096);
      wire.queue([1]);
      expectReturns(wire.kick(), 0);
      const [packet] = await wire.receiveDescriptors(1);
      assert.equal(packet!.addr, 4096 + 256);
      assert.deepEqual(received(wire), QUIET);
    },
  },
  {
    name: 'R without fill entries packets are dropped, and counted twice',
    async run(rig) {
      const wire = new Wire(rig, { fill: 0 });
      wire.queue([1, 2, 3, 4, 5]);
      expectReturns(wire.kick(), 0);
      await rig.until('the drops', () => received(wire).rxDropped === 5);
      assert.deepEqual(received(wire), { ...QUIET, rxDropped: 5, rxFillRingEmptyDescs: 5 });
      wire.fill(0);
      await wire.expectNothingBefore(6);
    },
  },
  {
    name: 'R a full RX ring: the buffer of a lost packet serves the next one',
    async run(rig) {
      const wire = new Wire(rig, { receiver: { rxRingSize: 4 }, fill: 16 });
      wire.queue([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
      expectReturns(wire.kick(), 0);
      await rig.until('the losses', () => received(wire).rxRingFull === 6);
      assert.deepEqual(received(wire), { ...QUIET, rxRingFull: 6 });
      assert.deepEqual(await wire.receive(4), [0, 1, 2, 3]);
      wire.queue([10, 11]);
      expectReturns(wire.kick(), 0);
      const chunks = (await wire.receiveDescriptors(2)).map(({ addr }) => (addr - 256) / 4096);
      assert.deepEqual(chunks, [4, 5]);
    },
  },
  {
    name: 'R frames of another queue than the socket’s are dropped, and counted nowhere',
    async run(rig) {
      const wire = new Wire(rig, { pair: { queueCount: 2 }, fill: 0 });
      const other = rig.port(wire.pair.b, { queueId: 1 });
      pushFill(other.queue.fill, 0, 4096);
      wire.program.setSocket(other.socket, 0);
      wire.queue([1]);
      expectReturns(wire.kick(), 0);
      await rig.until('the frame reaches the program', () => redirected(wire) === 1);
      wire.program.setSocket(wire.receiver.socket);
      wire.fill(0);
      await wire.expectNothingBefore(2);
      assert.deepEqual(received(wire), QUIET);
      const { rxDropped, rxRingFull } = other.socket.statistics();
      assert.deepEqual([rxDropped, rxRingFull], [0, 0]);
    },
  },
  {
    name: 'R an empty fill ring is counted for all sockets of the queue',
    async run(rig) {
      const wire = new Wire(rig, { fill: 0 });
      const second = rig.backend.openSocket(wire.receiver.queue, { rxRingSize: 4, txRingSize: 0 });
      second.bind({ copyMode: 'auto', needWakeup: false, multiBuffer: false });
      wire.queue([1, 2]);
      expectReturns(wire.kick(), 0);
      await rig.until('the drops', () => received(wire).rxDropped === 2);
      const { rxDropped, rxFillRingEmptyDescs } = second.statistics();
      assert.deepEqual([rxDropped, rxFillRingEmptyDescs], [0, 2]);
    },
  },
  {
    name: 'R buffers come in the order of the fill ring',
    async run(rig) {
      const wire = new Wire(rig, { fill: 0 });
      const chunks = [7, 3, 60, 0, 12];
      wire.fill(...chunks);
      wire.queue([0, 1, 2, 3, 4]);
      expectReturns(wire.kick(), 0);
      const found = (await wire.receiveDescriptors(5)).map(({ addr }) => (addr - 256) / 4096);
      assert.deepEqual(found, chunks);
    },
  },
];

function redirected(wire: Wire): number | undefined {
  return wire.program.counters().redirected;
}
