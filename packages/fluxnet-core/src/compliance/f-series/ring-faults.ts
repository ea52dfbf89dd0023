import assert from 'node:assert/strict';
import type { RingRegion } from '../../contract/ring.js';
import { RxRing } from '../../rings/rx-ring.js';
import { TxRing } from '../../rings/tx-ring.js';
import type { Case } from '../case.js';
import { expectReturns } from '../expectations.js';
import { consumer, producer, pushTx } from '../rings.js';
import { Wire } from '../wire.js';

function setIndex(ring: RingRegion, which: 'producer' | 'consumer', value: number): void {
  new Int32Array(ring.buffer)[ring[`${which}Offset`] >> 2] = value;
}

/**
 * User space writes nonsense into ring memory. The kernel believes every index and reports nothing;
 * the ring classes notice.
 */
export const ringFaultCases: readonly Case[] = [
  {
    name: 'F TX producer three rings ahead: old slots are sent again',
    async run(rig) {
      const wire = new Wire(rig, { sender: { txRingSize: 4 } });
      const { tx } = wire.sender.socket;
      wire.queue([0, 1, 2, 3]);
      expectReturns(wire.kick(), 0);
      assert.deepEqual(await wire.receive(4), [0, 1, 2, 3]);
      setIndex(tx!, 'producer', producer(tx!) + 12);
      expectReturns(wire.kick(), 0);
      assert.deepEqual(await wire.receive(12), [0, 1, 2, 3, 0, 1, 2, 3, 0, 1, 2, 3]);
    },
  },
  {
    name: 'F TX producer moved back: one empty descriptor after the other, one for each kick',
    async run(rig) {
      const wire = new Wire(rig, { sender: { txRingSize: 8 } });
      const { socket } = wire.sender;
      setIndex(socket.tx!, 'producer', producer(socket.tx!) - 1);
      for (let kicks = 1; kicks <= 3; kicks++) {
        expectReturns(wire.kick(), 0);
        assert.equal(socket.statistics().txInvalidDescs, kicks);
      }
      assert.deepEqual(await wire.receive(0), []);
    },
  },
  {
    name: 'F completion consumer beyond the producer: the kernel sees more room',
    async run(rig) {
      const wire = new Wire(rig, { sender: { completionRingSize: 4 } });
      const { completion } = wire.sender.queue;
      setIndex(completion, 'consumer', consumer(completion) + 2);
      wire.queue([0, 1, 2, 3, 4, 5]);
      expectReturns(wire.kick(), 0);
      assert.deepEqual(await wire.receive(6), [0, 1, 2, 3, 4, 5]);
    },
  },
  {
    name: 'F the ring classes give nothing of a ring whose indices lie',
    run(rig) {
      const { socket } = rig.port(rig.pair().a);
      const tx = new TxRing(socket.tx!);
      assert.equal(tx.reserve(64), 64); // By the index that it knows; the next needs a look.
      setIndex(socket.tx!, 'consumer', producer(socket.tx!) + 1);
      assert.equal(tx.reserve(1), 0);
      assert.equal(tx.corrupt, true);
      const rx = new RxRing(socket.rx!);
      setIndex(socket.rx!, 'producer', consumer(socket.rx!) - 1);
      assert.equal(rx.peek(1), 0);
      assert.equal(rx.corrupt, true);
      assert.deepEqual([tx.pending, rx.pending], [0, 0]);
    },
  },
  {
    name: 'F a descriptor overwritten before the kick is judged as it stands then',
    async run(rig) {
      const wire = new Wire(rig);
      const { tx } = wire.sender.socket;
      pushTx(tx, wire.packet(1));
      new Int32Array(tx!.buffer)[(tx!.descriptorOffset >> 2) + 2] = 0;
      expectReturns(wire.kick(), 0);
      assert.equal(wire.sender.socket.statistics().txInvalidDescs, 1);
      await wire.expectNothingBefore(2);
    },
  },
];
