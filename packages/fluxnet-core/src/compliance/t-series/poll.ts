import assert from 'node:assert/strict';
import type { Case } from '../case.js';
import { takeCompletions } from '../rings.js';
import { Wire } from '../wire.js';

const PATIENCE_MS = 2000;

/** `xsk_poll` (net/xdp/xsk.c). */
export const pollCases: readonly Case[] = [
  {
    name: 'T poll sends what is queued',
    async run(rig) {
      const wire = new Wire(rig);
      const set = rig.keep(rig.backend.openPollSet());
      set.add(wire.sender.socket, { readable: false, writable: true });
      wire.queue([1, 2]);
      assert.equal(set.wait(PATIENCE_MS), 1);
      assert.deepEqual(await wire.receive(2), [1, 2]);
    },
  },
  {
    name: 'T poll tells of an idle TX ring at once',
    run(rig) {
      const { socket } = rig.port(rig.pair().a);
      const set = rig.keep(rig.backend.openPollSet());
      const index = set.add(socket, { readable: true, writable: true });
      assert.equal(set.wait(PATIENCE_MS), 1);
      assert.deepEqual([set.readable(index), set.writable(index)], [false, true]);
    },
  },
  {
    name: 'T poll: writable from half of the TX ring on',
    async run(rig) {
      // The completion ring lets one packet through at a time.
      const wire = new Wire(rig, { sender: { txRingSize: 8, completionRingSize: 1 } });
      const set = rig.keep(rig.backend.openPollSet());
      const index = set.add(wire.sender.socket, { readable: false, writable: true });
      wire.queue([0, 1, 2, 3, 4, 5]);
      assert.equal(set.wait(0), 0, '5 of 8 are left');
      assert.equal(set.writable(index), false);
      await wire.receive(1);
      const { completion } = wire.sender.queue;
      await rig.until('a completion', () => takeCompletions(completion).length === 1);
      assert.equal(set.wait(0), 1, '4 of 8 are left');
      assert.equal(set.writable(index), true);
      await wire.receive(1);
    },
  },
  {
    name: 'T poll swallows the error of what it sends',
    async run(rig) {
      const wire = new Wire(rig);
      wire.pair.setUp(wire.pair.b, false);
      const set = rig.keep(rig.backend.openPollSet());
      set.add(wire.sender.socket, { readable: false, writable: true });
      wire.queue([1, 2]);
      assert.equal(set.wait(PATIENCE_MS), 1);
      assert.deepEqual(await wire.complete(1), [4096n]);
      assert.equal(wire.sender.socket.socketError(), 0);
    },
  },
];
