import assert from 'node:assert/strict';
import type { Case } from '../case.js';
import { expectRefusal, expectReturns, refused } from '../expectations.js';
import { COPY, openSocket } from '../port.js';
import { SO_BINDTOIFINDEX, SOL_SOCKET } from '../uapi.js';

/** `xsk_bind` (net/xdp/xsk.c), in the order of its checks. */
export const bindCases: readonly Case[] = [
  {
    name: 'U bind while SO_BINDTOIFINDEX names another interface',
    async run(rig) {
      const { a, b } = rig.pair();
      const { socket } = rig.unbound(a);
      const other = rig.backend.interfaceInfo(b).ifindex;
      expectReturns(socket.setOption(SOL_SOCKET, SO_BINDTOIFINDEX, other), 0);
      await expectRefusal({ code: 'FLUX_INVALID_OPTION', errno: 'EINVAL' }, () =>
        socket.bind(COPY),
      );
      expectReturns(socket.setOption(SOL_SOCKET, SO_BINDTOIFINDEX, socket.queue.ifindex), 0);
      socket.bind(COPY);
    },
  },
  refused('U bind twice', { code: 'FLUX_QUEUE_BUSY', errno: 'EBUSY' }, (rig) =>
    rig.port(rig.pair().a).socket.bind(COPY),
  ),
  refused('U bind a sharing socket twice', { code: 'FLUX_QUEUE_BUSY', errno: 'EBUSY' }, (rig) => {
    const { queue } = rig.port(rig.pair().a);
    const second = rig.backend.openSocket(queue, { rxRingSize: 4, txRingSize: 4 });
    second.bind(COPY);
    second.bind(COPY);
  }),
  refused(
    'U bind again after the interface was removed',
    { code: 'FLUX_QUEUE_BUSY', errno: 'EBUSY' },
    (rig) => {
      const pair = rig.pair();
      const { socket } = rig.port(pair.a);
      pair.remove();
      socket.bind(COPY);
    },
  ),
  refused(
    'U bind to an interface that is gone',
    { code: 'FLUX_UNKNOWN_INTERFACE', errno: 'ENODEV' },
    (rig) => {
      const pair = rig.pair();
      const { socket } = rig.unbound(pair.a);
      pair.remove();
      socket.bind(COPY);
    },
  ),
  refused(
    'U open a queue of an interface that does not exist',
    { code: 'FLUX_UNKNOWN_INTERFACE', errno: 'ENODEV' },
    (rig) => rig.unbound('nosuch0'),
  ),
  refused(
    'U bind with neither RX nor TX ring',
    { code: 'FLUX_INVALID_OPTION', errno: 'EINVAL' },
    (rig) => rig.port(rig.pair().a, { rxRingSize: 0, txRingSize: 0 }),
  ),
  refused(
    'U share a queue whose first socket is not bound',
    { code: 'FLUX_INVALID_OPTION', errno: 'EBADF' },
    (rig) => {
      const { queue } = rig.unbound(rig.pair().a);
      rig.backend.openSocket(queue, { rxRingSize: 4, txRingSize: 4 });
    },
  ),
  refused(
    'U share the same queue with fill and completion ring of its own',
    { code: 'FLUX_INVALID_OPTION', errno: 'EINVAL' },
    (rig) => {
      const { umem, ifname } = rig.port(rig.pair().a);
      openSocket(umem, rig.backend, ifname).socket.bind(COPY);
    },
  ),
  refused(
    'U bind to a queue that another socket holds',
    { code: 'FLUX_QUEUE_BUSY', errno: 'EBUSY' },
    (rig) => {
      const { ifname } = rig.port(rig.pair().a);
      rig.port(ifname);
    },
  ),
  refused(
    'U bind to a queue that the interface does not have',
    { code: 'FLUX_QUEUE_OUT_OF_RANGE', errno: 'EINVAL' },
    (rig) => rig.port(rig.pair({ queueCount: 2 }).a, { queueId: 2 }),
  ),
  refused(
    'U queue 65537, which the kernel would cut to 1',
    { code: 'FLUX_INVALID_OPTION' },
    (rig) => rig.port(rig.pair({ queueCount: 2 }).a, { queueId: 65537 }),
  ),
  refused(
    'U bind with zero-copy forced where the driver has none',
    { code: 'FLUX_UNSUPPORTED', errno: 'EOPNOTSUPP' },
    (rig) => rig.port(rig.pair().a, { copyMode: 'zerocopy' }),
  ),
  {
    name: 'U bind falls back to copy where zero-copy was not forced',
    run(rig) {
      const { socket } = rig.port(rig.pair().a, { copyMode: 'auto' });
      assert.equal(socket.zeroCopy, false);
    },
  },
  {
    name: 'U a failed bind leaves the socket as it was',
    async run(rig) {
      const { socket } = rig.unbound(rig.pair().a);
      await expectRefusal({ code: 'FLUX_UNSUPPORTED', errno: 'EOPNOTSUPP' }, () =>
        socket.bind({ ...COPY, copyMode: 'zerocopy' }),
      );
      expectReturns(socket.kick(), 'ENXIO');
      socket.bind(COPY);
      expectReturns(socket.kick(), 0);
    },
  },
  {
    name: 'U bind to an interface that is down',
    run(rig) {
      const pair = rig.pair();
      pair.setUp(pair.a, false);
      const { socket } = rig.port(pair.a);
      expectReturns(socket.kick(), 'ENETDOWN');
      pair.setUp(pair.a, true);
      expectReturns(socket.kick(), 0);
    },
  },
];
