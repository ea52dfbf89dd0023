import assert from 'node:assert/strict';
import type { Case } from '../case.js';
import type { Need } from '../environment.js';
import { expectReturns } from '../expectations.js';
import type { PortOptions } from '../port.js';
import type { Rig } from '../rig.js';
import { type Descriptor, pushTx } from '../rings.js';
import { DESC_TX_METADATA } from '../uapi.js';
import { LENGTH, Wire } from '../wire.js';

/**
 * `sent`; `dropped` by the device, which ends the call with EBUSY and completes the descriptor;
 * `invalid`: refused by `xskq_cons_is_valid_desc`, which ends the call with 0.
 */
type Fate = 'sent' | 'dropped' | 'invalid';

type Row = readonly [Descriptor, Fate];

interface Table {
  readonly name: string;
  readonly rows: readonly Row[];
  readonly sender?: PortOptions;
  readonly needs?: readonly Need[];
}

const U = 64 * 4096;
const UNALIGNED: PortOptions = { unaligned: true };

const length = (len: number, fate: Fate): Row => [{ addr: 8192, len }, fate];
const at = (addr: number | bigint, fate: Fate, len = LENGTH): Row => [{ addr, len }, fate];
const options = (value: number, fate: Fate): Row => [
  { addr: 8192, len: LENGTH, options: value },
  fate,
];

const TABLES: readonly Table[] = [
  {
    name: 'lengths: the descriptor, the device, the MTU',
    rows: [
      length(0, 'invalid'),
      length(1, 'dropped'),
      length(13, 'dropped'),
      length(14, 'sent'),
      length(1514, 'sent'),
      length(1518, 'sent'), // With room for a VLAN tag (is_skb_forwardable, net/core/dev.c).
      length(1519, 'dropped'),
      length(4096, 'dropped'),
      length(4097, 'invalid'),
      length(2 ** 32 - 1, 'invalid'),
    ],
  },
  {
    name: 'addresses, aligned',
    rows: [
      at(0, 'sent'),
      at(76, 'sent'),
      at(4096 - LENGTH, 'sent'),
      at(4096 - 32, 'invalid'),
      at(U - LENGTH, 'sent'),
      at(U - 32, 'invalid'),
      at(U, 'invalid'),
      at(2n ** 32n, 'invalid'),
      at(2n ** 48n, 'invalid'),
      at(2n ** 64n - 2n, 'invalid'),
    ],
  },
  {
    name: 'addresses, unaligned',
    sender: UNALIGNED,
    needs: ['unaligned'],
    rows: [
      at(0, 'sent'),
      at(4096 - 32, 'sent'),
      at(U - LENGTH, 'sent'),
      at(U - 32, 'invalid'),
      at(U, 'invalid'),
      at((100n << 48n) | 4096n, 'sent'), // Chunk and offset apart.
      at((100n << 48n) | BigInt(U - 100 - LENGTH), 'sent'),
      at((100n << 48n) | BigInt(U - 100), 'invalid'),
      at((100n << 48n) | BigInt(U - 1), 'invalid'),
      at(2n ** 47n, 'invalid'),
    ],
  },
  {
    name: 'lengths, unaligned',
    sender: UNALIGNED,
    needs: ['unaligned'],
    rows: [length(0, 'invalid'), length(1518, 'sent'), length(4097, 'invalid')],
  },
  {
    name: 'options',
    rows: [
      options(0, 'sent'),
      options(4, 'invalid'),
      options(0xfffc, 'invalid'),
      options(2 ** 31, 'invalid'),
    ],
  },
  {
    name: 'addresses leave room for 24 bytes of metadata, asked for or not',
    sender: { txMetadataLength: 24 },
    needs: ['tx-metadata'],
    rows: [
      at(0, 'invalid'),
      at(16, 'invalid'),
      at(24, 'sent'),
      at(4096, 'invalid'),
      at(4096 + 24, 'sent'),
      at(8192 - LENGTH, 'sent'),
      at(24, 'invalid', 4096),
      at(24, 'dropped', 4072),
    ],
  },
];

async function checkRow(wire: Wire, [descriptor, fate]: Row, generation: string) {
  const before = wire.sender.socket.statistics().txInvalidDescs;
  pushTx(wire.sender.socket.tx, descriptor);
  expectReturns(wire.kick(), fate === 'dropped' ? 'EBUSY' : 0);
  const invalid = wire.sender.socket.statistics().txInvalidDescs - before;
  assert.equal(invalid, fate === 'invalid' ? 1 : 0, 'txInvalidDescs');
  const completed = fate === 'invalid' && generation !== 'C' ? [] : [BigInt(descriptor.addr)];
  assert.deepEqual(await wire.complete(completed.length), completed);
  if (fate !== 'sent') return;
  const [received] = await wire.receiveDescriptors(1);
  assert.equal(received!.len, descriptor.len);
}

async function checkTable(rig: Rig, { rows, sender = {} }: Table): Promise<void> {
  const wire = new Wire(rig, { sender });
  for (const row of rows) {
    try {
      await checkRow(wire, row, rig.machine.generation);
    } catch (error) {
      const { addr, len, options = 0 } = row[0];
      throw new Error(`{ addr: ${addr}, len: ${len}, options: ${options} } ${row[1]}`, {
        cause: error,
      });
    }
  }
  await wire.expectNothingBefore(5);
}

/** `xp_aligned_validate_desc`, `xp_unaligned_validate_desc` (net/xdp/xsk_queue.h), one by one. */
export const descriptorCases: readonly Case[] = [
  ...TABLES.map(
    (table): Case => ({
      name: `T descriptor ${table.name}`,
      ...(table.needs && { needs: table.needs }),
      run: (rig) => checkTable(rig, table),
    }),
  ),
  {
    name: 'T completion of an odd address',
    mayDiffer:
      'Linux 6.18.44 keeps the address of the first descriptor in a pointer whose lowest bit is ' +
      'a mark (xsk_skb_init_misc, net/xdp/xsk.c): it comes back as the even one before it.',
    async run(rig) {
      const wire = new Wire(rig);
      pushTx(wire.sender.socket.tx, { addr: 8192 + 77, len: LENGTH });
      expectReturns(wire.kick(), 0);
      const [address] = await wire.complete(1);
      assert.equal(address! & ~1n, 8192n + 76n);
    },
  },
  {
    name: 'T metadata bit on a continuation is ignored',
    needs: ['multi-buffer'],
    async run(rig) {
      const wire = new Wire(rig);
      pushTx(
        wire.sender.socket.tx,
        { addr: 0, len: LENGTH, options: 1 },
        { addr: 4096, len: LENGTH, options: DESC_TX_METADATA },
      );
      expectReturns(wire.kick(), 0);
      assert.deepEqual(await wire.complete(2), [0n, 4096n]);
      const [received] = await wire.receiveDescriptors(1);
      assert.equal(received!.len, 2 * LENGTH);
    },
  },
];
