import assert from 'node:assert/strict';
import type { Case } from '../case.js';
import { expectReturns, returns } from '../expectations.js';

/** `__xsk_sendmsg`, `__xsk_recvmsg`, `xsk_poll` (net/xdp/xsk.c): checks before the work. */
export const systemCallCases: readonly Case[] = [
  returns('U kick before bind', 'ENXIO', (rig) => rig.unbound(rig.pair().a).socket.kick()),
  returns('U kick without a TX ring', 'ENOBUFS', (rig) =>
    rig.port(rig.pair().a, { txRingSize: 0 }).socket.kick(),
  ),
  returns('U kick with nothing to send', 0, (rig) => rig.port(rig.pair().a).socket.kick()),
  returns('U wakeRx before bind', 'ENXIO', (rig) => rig.unbound(rig.pair().a).socket.wakeRx()),
  returns('U wakeRx without an RX ring', 'ENOBUFS', (rig) =>
    rig.port(rig.pair().a, { rxRingSize: 0 }).socket.wakeRx(),
  ),
  returns('U wakeRx', 0, (rig) => rig.port(rig.pair().a).socket.wakeRx()),
  {
    name: 'U kick and wakeRx while the interface is down',
    run(rig) {
      const pair = rig.pair();
      const { socket } = rig.port(pair.a);
      pair.setUp(pair.a, false);
      expectReturns(socket.kick(), 'ENETDOWN');
      expectReturns(socket.wakeRx(), 'ENETDOWN');
    },
  },
  {
    name: 'U kick and wakeRx after the interface was removed; SO_ERROR says so once',
    run(rig) {
      const pair = rig.pair();
      const { socket } = rig.port(pair.a);
      pair.remove();
      expectReturns(socket.kick(), 'ENXIO');
      expectReturns(socket.wakeRx(), 'ENXIO');
      expectReturns(socket.socketError(), 'ENETDOWN');
      expectReturns(socket.socketError(), 0);
      assert.equal(socket.statistics().rxDropped, 0);
    },
  },
  {
    name: 'U poll of an unbound socket, and of one that is down, tells nothing',
    run(rig) {
      const pair = rig.pair();
      const down = rig.port(pair.a).socket;
      const unbound = rig.unbound(pair.b).socket;
      pair.setUp(pair.a, false);
      const set = rig.keep(rig.backend.openPollSet());
      const indices = [down, unbound].map((each) =>
        set.add(each, { readable: true, writable: true }),
      );
      assert.equal(set.wait(5), 0);
      for (const index of indices) {
        assert.deepEqual([set.readable(index), set.writable(index)], [false, false]);
      }
    },
  },
  {
    name: 'U everything on a closed socket',
    async run(rig) {
      const { socket } = rig.port(rig.pair().a);
      socket.close();
      socket.close();
      for (const result of [
        socket.kick(),
        socket.wakeRx(),
        socket.socketError(),
        socket.getOption(283, 8),
        socket.setOption(283, 9, 32),
      ]) {
        expectReturns(result, 'EBADF');
      }
      assert.throws(() => socket.statistics(), { code: 'FLUX_CLOSED' });
      assert.throws(() => socket.bind({ copyMode: 'auto', needWakeup: true, multiBuffer: false }), {
        code: 'FLUX_CLOSED',
      });
    },
  },
];
