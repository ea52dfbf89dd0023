import assert from 'node:assert/strict';
import type { Case } from '../case.js';
import { expectReturns } from '../expectations.js';
import { pushTx } from '../rings.js';
import { DESC_TX_METADATA } from '../uapi.js';
import { LENGTH, Wire } from '../wire.js';

/** A descriptor that asks for metadata where there is none blocks the ring (xsk_skb_metadata). */
export const metadataCases: readonly Case[] = [
  {
    name: 'T metadata without room for it: EINVAL, and the descriptor stays',
    mayDiffer:
      'Kernels of generation A, and 6.18.44, complete the descriptor with every call although it ' +
      'stays (the skb has its destructor already); generation B does not.',
    async run(rig) {
      const wire = new Wire(rig);
      const { socket } = wire.sender;
      pushTx(socket.tx, { addr: 8192, len: LENGTH, options: DESC_TX_METADATA });
      const spurious = rig.machine.generation === 'B' ? [] : [8192n];
      for (let i = 0; i < 3; i++) {
        expectReturns(wire.kick(), 'EINVAL');
        assert.deepEqual(await wire.complete(spurious.length), spurious);
      }
      assert.equal(socket.statistics().txInvalidDescs, 0);
      wire.queue([1]);
      expectReturns(wire.kick(), 'EINVAL');
      await rig.sleep(2);
      assert.deepEqual(await wire.receive(0), []);
    },
  },
];
