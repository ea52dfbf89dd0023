import assert from 'node:assert/strict';
import type { Case } from '../case.js';
import { expectReturns, refused } from '../expectations.js';
import { openRegistration, openSocket, type PortOptions } from '../port.js';
import type { Rig } from '../rig.js';
import { SOL_XDP, XDP } from '../uapi.js';

const RINGS = ['fillRingSize', 'completionRingSize', 'rxRingSize', 'txRingSize'] as const;

function open(rig: Rig, options: PortOptions) {
  const { memory, umem } = openRegistration(rig.backend, options);
  rig.keep(memory);
  return openSocket(umem, rig.backend, rig.pair().a, options);
}

/** XDP_RX_RING, XDP_TX_RING, XDP_UMEM_FILL_RING, XDP_UMEM_COMPLETION_RING (xsk_init_queue). */
export const ringCases: readonly Case[] = [
  ...RINGS.map((ring) =>
    refused(
      `U setsockopt ${ring} not a power of two`,
      { code: 'FLUX_INVALID_OPTION', errno: 'EINVAL' },
      (rig) => open(rig, { [ring]: 3 }),
    ),
  ),
  ...(['fillRingSize', 'completionRingSize'] as const).map((ring) =>
    refused(
      `U setsockopt ${ring} of 0 entries`,
      { code: 'FLUX_INVALID_OPTION', errno: 'EINVAL' },
      (rig) => open(rig, { [ring]: 0 }),
    ),
  ),
  {
    name: 'U setsockopt rings of 1 entry are legal',
    run(rig) {
      const { queue, socket } = open(rig, {
        fillRingSize: 1,
        completionRingSize: 1,
        rxRingSize: 1,
        txRingSize: 1,
      });
      const sizes = [queue.fill, queue.completion, socket.rx, socket.tx].map((ring) => ring?.size);
      assert.deepEqual(sizes, [1, 1, 1, 1]);
    },
  },
  {
    name: 'U setsockopt a ring that is set already',
    run(rig) {
      const { socket } = rig.unbound(rig.pair().a);
      for (const ring of [XDP.RX_RING, XDP.TX_RING, XDP.UMEM_FILL_RING]) {
        expectReturns(socket.setOption(SOL_XDP, ring, 64), 'EINVAL');
      }
    },
  },
  {
    name: 'U setsockopt a ring after bind',
    run(rig) {
      const { socket } = rig.port(rig.pair().a, { rxRingSize: 0 });
      expectReturns(socket.setOption(SOL_XDP, XDP.RX_RING, 64), 'EBUSY');
    },
  },
  {
    name: 'U setsockopt a ring of 0 or 3 entries, by number',
    run(rig) {
      const { socket } = rig.unbound(rig.pair().a, { rxRingSize: 0 });
      for (const entries of [0, 3]) {
        expectReturns(socket.setOption(SOL_XDP, XDP.RX_RING, entries), 'EINVAL');
      }
    },
  },
];
