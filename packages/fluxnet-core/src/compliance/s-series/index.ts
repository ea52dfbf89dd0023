import assert from 'node:assert/strict';
import type { Case, Series } from '../case.js';
import type { Rig } from '../rig.js';
import { pushFill, pushTx, takeCompletions, takeRx } from '../rings.js';
import { Wire } from '../wire.js';

const BATCH = 32;
const CHUNKS = 256;

interface Load {
  readonly packets: number;
  /** Packets between two looks of the receiver. */
  readonly takesEvery: number;
  readonly rxRingSize: number;
  readonly fill: number;
}

/**
 * Sends as fast as it goes, receives as the load says. What was sent was received, dropped or found
 * no room, and what was received is in order (§2.9).
 */
async function run(rig: Rig, { packets, takesEvery, rxRingSize, fill }: Load): Promise<void> {
  const rings = {
    chunkCount: CHUNKS,
    txRingSize: 64,
    completionRingSize: 64,
    fillRingSize: CHUNKS,
  };
  const wire = new Wire(rig, { ports: rings, receiver: { rxRingSize }, fill });
  let received = 0;
  let last = -1;
  const take = () => {
    for (const { addr } of takeRx(wire.receiver.socket.rx)) {
      const number = wire.numberAt(addr);
      assert(((number - last) & 0xffff) > 0, 'a packet twice');
      assert(((number - last) & 0xffff) < 0x8000, 'packets in another order');
      last = number;
      received++;
      pushFill(wire.receiver.queue.fill, addr - 256);
    }
  };
  const lost = () => {
    const { rxDropped, rxRingFull } = wire.receiver.socket.statistics();
    return rxDropped + rxRingFull;
  };
  let completed = 0;
  for (let sent = 0; sent < packets; sent += BATCH) {
    for (let i = 0; i < BATCH; i++) pushTx(wire.sender.socket.tx, wire.packet((sent + i) & 0xffff));
    assert.equal(wire.kick(), 0);
    await rig.until('completions', () => {
      completed += takeCompletions(wire.sender.queue.completion).length;
      return completed === sent + BATCH;
    });
    if (sent % takesEvery === 0) take();
  }
  await rig.until('every packet is accounted for', () => {
    take();
    return received + lost() === packets;
  });
  assert.equal(wire.sender.socket.statistics().txInvalidDescs, 0);
}

const steady: Load = { packets: 8192, takesEvery: BATCH, rxRingSize: 64, fill: 128 };
const slow: Load = { packets: 8192, takesEvery: 8 * BATCH, rxRingSize: 64, fill: 128 };
const starved: Load = { packets: 8192, takesEvery: 8 * BATCH, rxRingSize: 256, fill: 48 };

const load = (name: string, what: Load, full = false): Case => ({
  name: `S ${name}`,
  full,
  run: (rig) => run(rig, what),
});

/** Load: nothing is lost that is not counted. */
export const sSeries: Series = {
  name: 'S: load',
  cases: [
    load('8192 packets, a receiver that keeps up', steady),
    load('8192 packets, a receiver with a small RX ring that falls behind', slow),
    load('8192 packets, a receiver with few buffers that falls behind', starved),
    load('[full] 1048576 packets', { ...steady, packets: 1048576 }, true),
  ],
};
