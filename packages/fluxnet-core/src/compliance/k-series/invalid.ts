import assert from 'node:assert/strict';
import type { Case } from '../case.js';
import type { Need } from '../environment.js';
import type { PortOptions } from '../port.js';
import type { Rig } from '../rig.js';
import { type Descriptor, pending, pushTx, takeCompletions } from '../rings.js';
import { packetBytes } from './packet.js';
import { Receiver } from './receiver.js';
import { setup } from './setup.js';
import { kickUntilEmpty } from './stream.js';

const LENGTH = 64;

interface Row {
  readonly addr: number | bigint;
  readonly len: number;
  readonly arrives: boolean;
}

/** `testapp_inv_desc`: `memorySize` is where the memory ends. */
function table(chunkSize: number, memorySize: number, unaligned: boolean): Row[] {
  const row = (addr: number | bigint, len: number, arrives: boolean) => ({ addr, len, arrives });
  return [
    row(0, LENGTH, true),
    row(chunkSize, LENGTH, true),
    row(2n ** 64n - 2n, LENGTH, false),
    row(0, 9001, false),
    row(memorySize - LENGTH, LENGTH, true),
    row(memorySize, LENGTH, false),
    row(memorySize - 32, LENGTH, false),
    row(4096 - 32 + (unaligned ? 3 * chunkSize : 0), LENGTH, unaligned),
    row(6 * chunkSize + 2048 - 32, LENGTH, chunkSize !== 2048),
    row(8 * chunkSize, LENGTH, true),
  ];
}

async function invalidDescriptors(rig: Rig, ports: PortOptions, received: number): Promise<void> {
  const { sender, receiver } = setup(rig, { ports });
  const { chunkSize, unaligned } = sender.umem;
  const rows = table(chunkSize, sender.memory.size, unaligned);
  for (const [number, { addr, len, arrives }] of rows.entries()) {
    if (arrives) sender.bytes.set(packetBytes(number, len), Number(addr));
  }
  pushTx(sender.socket.tx, ...rows);
  kickUntilEmpty(sender);
  const expected = [...rows.keys()].filter((number) => rows[number]!.arrives);
  assert.equal(expected.length, received);
  await new Receiver(rig, receiver, {}).take(expected);
  const invalid = rows.length - received;
  assert.equal(sender.socket.statistics().txInvalidDescs, invalid);
  await expectCompletions(rig, sender, rig.machine.generation === 'C' ? rows.length : received);
  assert.equal(pending(receiver.socket.rx!), 0);
}

async function expectCompletions(rig: Rig, sender: ReturnType<typeof setup>['sender'], n: number) {
  const { completion } = sender.queue;
  await rig.until(`${n} completions`, () => pending(completion) >= n);
  assert.equal(takeCompletions(completion).length, n);
}

const GEOMETRIES: readonly [string, PortOptions, number, readonly Need[]][] = [
  ['K9 ALIGNED_INV_DESC', {}, 5, []],
  ['K10 ALIGNED_INV_DESC_2K_FRAME_SIZE', { chunkSize: 2048 }, 4, []],
  ['K11 UNALIGNED_INV_DESC', { unaligned: true }, 6, ['unaligned']],
  [
    // The kernel's test has the memory end inside a page; ours is always a whole number of them.
    'K12 UNALIGNED_INV_DESC_4001_FRAME_SIZE',
    { unaligned: true, chunkSize: 4001 },
    6,
    ['unaligned'],
  ],
];

/**
 * `testapp_aligned_inv_desc_mb`, of newer kernels: a broken packet ends with a descriptor that is
 * not continued, so that both generations lose the same descriptors.
 */
function multiBufferTable(memorySize: number, unaligned: boolean) {
  const piece = (chunk: number, len: number, options = 0): Descriptor => ({
    addr: chunk * 4096,
    len,
    options,
  });
  return [
    { pieces: [piece(0, LENGTH)], arrives: true },
    { pieces: [piece(1, 3072, 1), piece(2, 3072, 1), piece(3, 0)], arrives: false },
    { pieces: [piece(4, 3072, 1), { addr: memorySize, len: 3072 }], arrives: false },
    { pieces: [piece(5, 3072, 1), piece(6, 9001)], arrives: false },
    { pieces: [piece(7, 3072, 1), piece(8, 3072, 0xfffe)], arrives: false },
    { pieces: [piece(9, 4096, 1), piece(10, 4096)], arrives: true },
    {
      pieces: [piece(12, 3072, 1), { addr: 13 * 4096 - 32, len: LENGTH }],
      arrives: unaligned,
    },
    { pieces: [piece(14, LENGTH)], arrives: true },
  ];
}

async function invalidMultiBuffer(rig: Rig, unaligned: boolean): Promise<void> {
  const { sender, receiver } = setup(rig, {
    pair: { mtu: 9000 },
    ports: { unaligned },
    receiver: { multiBuffer: true },
  });
  const rows = multiBufferTable(sender.memory.size, unaligned);
  const lengths = rows.map(({ pieces }) => pieces.reduce((sum, { len }) => sum + len, 0));
  for (const [number, { pieces, arrives }] of rows.entries()) {
    const packet = packetBytes(number, lengths[number]!);
    let done = 0;
    for (const { addr, len } of arrives ? pieces : []) {
      sender.bytes.set(packet.subarray(done, done + len), Number(addr));
      done += len;
    }
    pushTx(sender.socket.tx, ...pieces);
  }
  kickUntilEmpty(sender);
  const expected = [...rows.keys()].filter((number) => rows[number]!.arrives);
  await new Receiver(rig, receiver, { length: (number) => lengths[number]! }).take(expected);
  const broken = rows.filter(({ arrives }) => !arrives).flatMap(({ pieces }) => pieces).length;
  assert.equal(sender.socket.statistics().txInvalidDescs, broken);
  const all = rows.flatMap(({ pieces }) => pieces).length;
  await expectCompletions(rig, sender, rig.machine.generation === 'C' ? all : all - broken);
}

const GENERATIONS =
  'Kernels up to 6.18.36 do not complete invalid descriptors (generation A), later ones do (C).';

export const invalidCases: readonly Case[] = [
  ...GEOMETRIES.map(
    ([name, ports, received, needs]): Case => ({
      name,
      needs,
      mayDiffer: GENERATIONS,
      run: (rig) => invalidDescriptors(rig, ports, received),
    }),
  ),
  {
    name: 'K27 ALIGNED_INV_DESC_MULTI_BUFF',
    needs: ['multi-buffer'],
    mayDiffer: GENERATIONS,
    run: (rig) => invalidMultiBuffer(rig, false),
  },
  {
    name: 'K28 UNALIGNED_INV_DESC_MULTI_BUFF',
    needs: ['multi-buffer', 'unaligned'],
    mayDiffer: GENERATIONS,
    run: (rig) => invalidMultiBuffer(rig, true),
  },
];
