import assert from 'node:assert/strict';
import type { Case } from '../case.js';
import { pending, pushTx } from '../rings.js';
import { setup } from './setup.js';
import { stream } from './stream.js';

const PATIENCE_MS = 1000;

export const pollCases: readonly Case[] = [
  {
    name: 'K4 POLL_RX',
    async run(rig) {
      const { sender, receiver } = setup(rig);
      const set = rig.keep(rig.backend.openPollSet());
      set.add(receiver.socket, { readable: true, writable: false });
      await stream(rig, sender, receiver, {
        count: 1024,
        awaitRx: () => assert.equal(set.wait(PATIENCE_MS), 1, 'poll ran out of time'),
      });
    },
  },
  {
    name: 'K5 POLL_TX',
    async run(rig) {
      const { sender, receiver } = setup(rig, { sender: { txRingSize: 64 } });
      const set = rig.keep(rig.backend.openPollSet());
      set.add(sender.socket, { readable: false, writable: true });
      const { tx } = sender.socket;
      await stream(rig, sender, receiver, {
        count: 1024,
        transmit() {
          // Two polls send what one budget does not.
          do assert.equal(set.wait(PATIENCE_MS), 1, 'poll ran out of time');
          while (pending(tx!) > 0);
        },
      });
    },
  },
  {
    name: 'K6 POLL_RXQ_FULL: nobody sends, poll runs out of time',
    run(rig) {
      const { receiver } = setup(rig);
      const set = rig.keep(rig.backend.openPollSet());
      const index = set.add(receiver.socket, { readable: true, writable: false });
      assert.equal(set.wait(20), 0);
      assert.equal(set.readable(index), false);
    },
  },
  {
    name: 'K7 POLL_TXQ_FULL: nobody takes completions, poll runs out of time',
    run(rig) {
      const rings = { chunkSize: 2048, txRingSize: 64, completionRingSize: 64 };
      const { sender } = setup(rig, { ports: rings });
      const set = rig.keep(rig.backend.openPollSet());
      set.add(sender.socket, { readable: false, writable: true });
      const { tx } = sender.socket;
      let polls = 0;
      do {
        assert(polls++ < 1000, 'poll goes on telling that there is room');
        // 2048 bytes in the kernel's test, which its own MTU refuses; ours are sent.
        while (pending(tx!) < 64) pushTx(tx, { addr: 2048 * pending(tx!), len: 1500 });
      } while (set.wait(20) > 0);
      assert.equal(pending(sender.queue.completion), 64);
    },
  },
];
