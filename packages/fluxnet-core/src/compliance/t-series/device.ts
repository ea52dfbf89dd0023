import assert from 'node:assert/strict';
import type { Case } from '../case.js';
import { expectReturns } from '../expectations.js';
import { flags, pending } from '../rings.js';
import { Wire } from '../wire.js';

/** What the device and its link do to transmission (`__dev_direct_xmit`, drivers/net/veth.c). */
export const deviceCases: readonly Case[] = [
  {
    name: 'T without a carrier each kick loses one packet, completes it, and says EBUSY',
    async run(rig) {
      const wire = new Wire(rig);
      wire.pair.setUp(wire.pair.b, false);
      wire.queue([1, 2, 3]);
      for (const expected of [4096n, 8192n]) {
        expectReturns(wire.kick(), 'EBUSY');
        assert.deepEqual(await wire.complete(1), [expected]);
      }
      wire.pair.setUp(wire.pair.b, true);
      expectReturns(wire.kick(), 0);
      assert.deepEqual(await wire.receive(1), [3]);
    },
  },
  {
    name: 'T while the interface is down packets stay queued',
    async run(rig) {
      const wire = new Wire(rig);
      wire.pair.setUp(wire.pair.a, false);
      wire.queue([1, 2]);
      expectReturns(wire.kick(), 'ENETDOWN');
      expectReturns(wire.kick(), 'ENETDOWN');
      assert.equal(pending(wire.sender.queue.completion), 0);
      wire.pair.setUp(wire.pair.a, true);
      expectReturns(wire.kick(), 0);
      assert.deepEqual(await wire.receive(2), [1, 2]);
    },
  },
  {
    name: 'T after the interface was removed rings stay, and nothing moves',
    run(rig) {
      const wire = new Wire(rig);
      wire.pair.remove();
      wire.queue([1]);
      expectReturns(wire.kick(), 'ENXIO');
      assert.equal(pending(wire.sender.socket.tx!), 1);
      assert.equal(pending(wire.sender.queue.completion), 0);
    },
  },
  ...[true, false].map(
    (needWakeup): Case => ({
      name: `T the TX ring asks for a kick, always, bound ${needWakeup ? 'with' : 'without'} NEED_WAKEUP`,
      run(rig) {
        const { queue, socket } = rig.port(rig.pair().a, { needWakeup });
        const rings = [socket.tx!, socket.rx!, queue.fill, queue.completion];
        assert.deepEqual(rings.map(flags), [1, 0, 0, 0]);
      },
    }),
  ),
  ...[0, 1, 2].map(
    (queueId): Case => ({
      name: `T a packet sent on queue ${queueId} of three`,
      mayDiffer:
        'In generic mode veth_xmit leaves the number of the TX queue in the packet, where ' +
        'netif_get_rxqueue (net/core/dev.c) expects that of the RX queue plus one: queue n ' +
        'arrives on queue n - 1. In native mode it is queue n.',
      async run(rig) {
        const native = rig.environment.attachMode === 'native';
        const arrivesOn = native ? queueId : Math.max(0, queueId - 1);
        const wire = new Wire(rig, {
          pair: { queueCount: 3 },
          sender: { queueId },
          receiver: { queueId: arrivesOn },
        });
        wire.queue([7]);
        expectReturns(wire.kick(), 0);
        assert.deepEqual(await wire.receive(1), [7]);
      },
    }),
  ),
];
