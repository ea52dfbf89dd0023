import assert from 'node:assert/strict';
import type { Case } from '../case.js';
import { expectReturns } from '../expectations.js';
import { consumer, pending, pushTx, takeRx } from '../rings.js';
import { packetBytes } from './packet.js';
import { setup } from './setup.js';
import { stream } from './stream.js';

const COUNT = 512;
const even = (number: number) => (number & 1) === 0;

/** Sends more than there is room for, in batches that the wire takes, and takes nothing. */
function flood({ sender }: ReturnType<typeof setup>, count: number): void {
  for (let number = 0; number < count; number++) {
    const addr = (number % 64) * sender.umem.chunkSize;
    sender.bytes.set(packetBytes(number, 64), addr);
    pushTx(sender.socket.tx, { addr, len: 64 });
    expectReturns(sender.socket.kick(), 0);
  }
}

export const statisticsCases: readonly Case[] = [
  {
    name: 'K16 STAT_RX_DROPPED',
    async run(rig) {
      // 448 bytes are left of a frame.
      const { sender, receiver } = setup(rig, { receiver: { frameHeadroom: 3392 } });
      const length = (number: number) => (even(number) ? 64 : 512);
      await stream(rig, sender, receiver, { count: COUNT, length, arrives: even });
      await rig.until('the drops', () => receiver.socket.statistics().rxDropped >= COUNT / 2);
      assert.equal(receiver.socket.statistics().rxDropped, COUNT / 2);
    },
  },
  {
    name: 'K17 STAT_TX_INVALID',
    async run(rig) {
      const { sender, receiver } = setup(rig);
      const length = (number: number) => (even(number) ? 64 : 9001);
      await stream(rig, sender, receiver, { count: COUNT, length, arrives: even });
      assert.equal(sender.socket.statistics().txInvalidDescs, COUNT / 2);
    },
  },
  {
    name: 'K18 STAT_RX_FULL',
    async run(rig) {
      const parts = setup(rig, { receiver: { rxRingSize: 64 } });
      const { socket } = parts.receiver;
      flood(parts, 96);
      await rig.until('the losses', () => socket.statistics().rxRingFull === 32);
      assert.equal(takeRx(socket.rx).length, 64);
      assert.equal(socket.statistics().rxFillRingEmptyDescs, 0);
    },
  },
  {
    name: 'K19 STAT_FILL_EMPTY',
    async run(rig) {
      const parts = setup(rig, { receiver: { chunkCount: 64 } });
      const { socket } = parts.receiver;
      flood(parts, 96);
      await rig.until('the losses', () => socket.statistics().rxFillRingEmptyDescs === 32);
      assert.equal(takeRx(socket.rx).length, 64);
      assert.equal(socket.statistics().rxRingFull, 0);
    },
  },
  {
    name: 'K36 TX_QUEUE_CONSUMER',
    async run(rig) {
      const { sender, receiver } = setup(rig);
      const { tx } = sender.socket;
      for (let i = 0; i < 33; i++) pushTx(tx, { addr: i * 4096, len: 64 });
      const before = consumer(tx!);
      expectReturns(sender.socket.kick(), 'EAGAIN');
      assert.equal(consumer(tx!) - before, 32);
      await rig.until('32 packets', () => pending(receiver.socket.rx!) === 32);
    },
  },
];
