import assert from 'node:assert/strict';
import type { Case } from '../case.js';
import type { Need } from '../environment.js';
import type { Rig } from '../rig.js';
import { fillAll, type SetupOptions, setup } from './setup.js';
import { type StreamOptions, stream } from './stream.js';

interface Row extends SetupOptions {
  readonly name: string;
  readonly stream?: StreamOptions;
  readonly needs?: readonly Need[];
}

const UNALIGNED = { unaligned: true };
const JUMBO = { pair: { mtu: 9000 }, receiver: { multiBuffer: true } };
const oddLeft = (number: number) => ((number & 1) === 1 ? -32 : 0);

/** A stream over a setup that differs in one thing. */
const ROWS: readonly Row[] = [
  { name: 'K1 SEND_RECEIVE' },
  { name: 'K2 SEND_RECEIVE_2K_FRAME', ports: { chunkSize: 2048 }, stream: { count: 1024 } },
  { name: 'K3 SEND_RECEIVE_SINGLE_PKT', stream: { count: 1 } },
  {
    name: 'K8 SEND_RECEIVE_UNALIGNED',
    ports: UNALIGNED,
    fillOffset: -32,
    stream: { count: 1024, offset: oddLeft },
    needs: ['unaligned'],
  },
  { name: 'K13 UMEM_HEADROOM', receiver: { frameHeadroom: 128 }, stream: { count: 1024 } },
  {
    name: 'K25 SEND_RECEIVE_9K_PACKETS',
    ...JUMBO,
    stream: { count: 512, length: 9000, batch: 32 },
    needs: ['multi-buffer'],
  },
  {
    name: 'K26 SEND_RECEIVE_UNALIGNED_9K_PACKETS',
    ...JUMBO,
    ports: UNALIGNED,
    stream: { count: 512, length: 9000, batch: 32 },
    needs: ['multi-buffer', 'unaligned'],
  },
  {
    name: 'K30 HW_SW_MIN_RING_SIZE, rings of the socket: 64 and 128, one packet at a time',
    ports: { txRingSize: 64, rxRingSize: 128 },
    stream: { count: 256, batch: 1 },
  },
  {
    name: 'K30 HW_SW_MIN_RING_SIZE, rings of the socket: 64 and 128, 63 at a time',
    ports: { txRingSize: 64, rxRingSize: 128 },
    stream: { count: 63 * 8, batch: 63 },
  },
];

async function bidirectional(rig: Rig): Promise<void> {
  const both = { rxRingSize: 256, txRingSize: 256 };
  const { sender, receiver } = setup(rig, { sender: both, receiver: both });
  fillAll(sender);
  rig.attach(sender);
  await stream(rig, sender, receiver, { count: 1024 });
  await stream(rig, receiver, sender, { count: 1024 });
}

async function teardown(rig: Rig): Promise<void> {
  const pair = rig.pair();
  for (let i = 0; i < 10; i++) {
    const rings = { chunkCount: 128, fillRingSize: 128 };
    const sender = await rig.portAgain(pair.a, rings);
    const receiver = await rig.portAgain(pair.b, rings);
    fillAll(receiver);
    const program = rig.attach(receiver);
    await stream(rig, sender, receiver, { count: 128, batch: 32 });
    program.close();
    receiver.memory.close();
    sender.memory.close();
  }
}

export const streamCases: readonly Case[] = [
  ...ROWS.map(
    ({ name, needs = [], stream: options, ...rest }): Case => ({
      name,
      needs,
      async run(rig) {
        const { sender, receiver } = setup(rig, rest);
        await stream(rig, sender, receiver, options);
        assert.equal(sender.socket.statistics().txInvalidDescs, 0);
      },
    }),
  ),
  { name: 'K14 TEARDOWN', run: teardown },
  { name: 'K15 BIDIRECTIONAL', run: bidirectional },
];
