import assert from 'node:assert/strict';
import { DESC_CONTINUED } from '../../contract/ring.js';
import type { Case } from '../case.js';
import { type Descriptor, pending, pushTx, takeCompletions } from '../rings.js';
import { packetBytes } from './packet.js';
import { Receiver } from './receiver.js';
import { setup } from './setup.js';
import { kickUntilEmpty } from './stream.js';

/** `max_skb_frags + 1`: descriptors that a packet may have in copy mode. */
const MOST = 18;
const PIECE = 64;

function pieces(firstChunk: number, count: number): Descriptor[] {
  return Array.from({ length: count }, (_, i) => ({
    addr: (firstChunk + i) * 4096,
    len: PIECE,
    options: i < count - 1 ? DESC_CONTINUED : 0,
  }));
}

export const fragmentCases: readonly Case[] = [
  {
    name: 'K29 TOO_MANY_FRAGS',
    needs: ['multi-buffer'],
    mayDiffer:
      'Generation A begins a new packet behind the descriptor that was too many, generation C ' +
      'swallows up to the end (§2.6): the over-long packet ends where both agree.',
    async run(rig) {
      const { sender, receiver } = setup(rig, { receiver: { multiBuffer: true } });
      const { generation } = rig.machine;
      // Synchronise, the longest that there is, one too many, synchronise.
      const good = [pieces(0, 1), pieces(1, MOST), pieces(40, 1)];
      const lengths = [PIECE, MOST * PIECE, PIECE];
      for (const [number, descriptors] of good.entries()) {
        const packet = packetBytes(number, lengths[number]!);
        for (const [i, { addr }] of descriptors.entries()) {
          sender.bytes.set(packet.subarray(i * PIECE, (i + 1) * PIECE), Number(addr));
        }
      }
      const tooLong =
        generation === 'C'
          ? pieces(20, MOST + 1)
          : pieces(20, MOST).map((each) => ({ ...each, options: DESC_CONTINUED }));
      const all = [...good[0]!, ...good[1]!, ...tooLong, ...good[2]!];
      pushTx(sender.socket.tx, ...all);
      kickUntilEmpty(sender);
      await new Receiver(rig, receiver, { length: (number) => lengths[number]! }).take([0, 1, 2]);
      assert.equal(sender.socket.statistics().txInvalidDescs, tooLong.length);
      const completed = generation === 'C' ? all.length : all.length - tooLong.length;
      const { completion } = sender.queue;
      await rig.until('all completions', () => pending(completion) >= completed);
      assert.equal(takeCompletions(completion).length, completed);
    },
  },
];
