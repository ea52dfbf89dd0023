import assert from 'node:assert/strict';
import type { Case } from '../case.js';
import { expectReturns } from '../expectations.js';
import type { PortOptions } from '../port.js';
import type { Rig } from '../rig.js';
import { pending, pushFill, pushTx, takeRx } from '../rings.js';
import { LENGTH, Wire } from '../wire.js';

const CONTINUED = 1;

function jumboWire(rig: Rig, receiver: PortOptions, fill: number): Wire {
  return new Wire(rig, {
    pair: { mtu: 9000 },
    receiver: { multiBuffer: true, ...receiver },
    fill,
  });
}

/** 9000 bytes as three descriptors. */
function queueJumbo(wire: Wire): void {
  const { bytes, socket } = wire.sender;
  for (let i = 0; i < 9000; i++) bytes[i] = i % 251;
  pushTx(
    socket.tx,
    { addr: 0, len: 4096, options: CONTINUED },
    { addr: 4096, len: 4096, options: CONTINUED },
    { addr: 8192, len: 808 },
  );
}

function statistics(wire: Wire) {
  const { rxDropped, rxRingFull, rxFillRingEmptyDescs } = wire.receiver.socket.statistics();
  return { rxDropped, rxRingFull, rxFillRingEmptyDescs };
}

async function expectJumbo(wire: Wire): Promise<void> {
  const { bytes } = wire.receiver;
  const pieces = await wire.receiveDescriptors(3);
  assert.deepEqual(
    pieces.map(({ len, options }) => [len, options]),
    [
      [3840, CONTINUED],
      [3840, CONTINUED],
      [1320, 0],
    ],
  );
  let position = 0;
  for (const { addr, len } of pieces) {
    for (let i = 0; i < len; i++) assert.equal(bytes[addr + i], position++ % 251);
  }
}

/** Packets larger than a buffer (`xsk_rcv`, SG): all of it, or nothing. */
export const multiBufferCases: readonly Case[] = [
  {
    name: 'R 9000 bytes arrive as three descriptors',
    needs: ['multi-buffer'],
    async run(rig) {
      const wire = jumboWire(rig, {}, 8);
      queueJumbo(wire);
      expectReturns(wire.kick(), 0);
      await expectJumbo(wire);
      await wire.expectNothingBefore(4);
    },
  },
  {
    name: 'R without multi-buffer a packet larger than a buffer is dropped',
    needs: ['multi-buffer'],
    async run(rig) {
      const wire = jumboWire(rig, { multiBuffer: false }, 8);
      queueJumbo(wire);
      expectReturns(wire.kick(), 0);
      await wire.expectNothingBefore(4);
      assert.deepEqual(statistics(wire), { rxDropped: 1, rxRingFull: 0, rxFillRingEmptyDescs: 0 });
    },
  },
  {
    name: 'R two of three buffers: the packet is dropped whole, the buffers stay',
    needs: ['multi-buffer'],
    async run(rig) {
      const wire = jumboWire(rig, {}, 2);
      queueJumbo(wire);
      expectReturns(wire.kick(), 0);
      await rig.until('the drop', () => statistics(wire).rxDropped === 1);
      assert.deepEqual(statistics(wire), { rxDropped: 1, rxRingFull: 0, rxFillRingEmptyDescs: 0 });
      await wire.expectNothingBefore(4);
      wire.fill(5, 6);
      queueJumbo(wire);
      expectReturns(wire.kick(), 0);
      await expectJumbo(wire);
    },
  },
  {
    name: 'R one of three places in the RX ring: the packet is lost whole',
    needs: ['multi-buffer'],
    async run(rig) {
      const wire = jumboWire(rig, { rxRingSize: 4 }, 12);
      wire.queue([20, 21, 22]);
      expectReturns(wire.kick(), 0);
      const { rx } = wire.receiver.socket;
      await rig.until('three packets', () => pending(rx!) === 3);
      queueJumbo(wire);
      expectReturns(wire.kick(), 0);
      await rig.until('the loss', () => statistics(wire).rxRingFull === 1);
      assert.deepEqual(statistics(wire), { rxDropped: 0, rxRingFull: 1, rxFillRingEmptyDescs: 0 });
      assert.deepEqual(
        takeRx(rx).map(({ len }) => len),
        [LENGTH, LENGTH, LENGTH],
      );
      queueJumbo(wire);
      expectReturns(wire.kick(), 0);
      await expectJumbo(wire);
    },
  },
  {
    name: 'R multi-buffer of a first bind holds for the memory: other sockets have it too',
    needs: ['multi-buffer'],
    async run(rig) {
      const pair = rig.pair({ mtu: 9000 });
      const sender = rig.port(pair.a);
      const receiver = rig.port(pair.b, { multiBuffer: true });
      const shared = rig.backend.openSocket(receiver.queue, { rxRingSize: 8, txRingSize: 0 });
      shared.bind({ copyMode: 'auto', needWakeup: false, multiBuffer: false });
      const program = rig.program(pair.b);
      program.setSocket(shared);
      const { fill } = receiver.queue;
      pushFill(fill, 0, 4096, 8192);
      pushTx(
        sender.socket.tx,
        { addr: 0, len: 4096, options: CONTINUED },
        { addr: 4096, len: 100 },
      );
      expectReturns(sender.socket.kick(), 0);
      await rig.until('two descriptors', () => pending(shared.rx!) === 2);
      assert.deepEqual(
        takeRx(shared.rx).map(({ len }) => len),
        [3840, 356],
      );
    },
  },
];
