import assert from 'node:assert/strict';
import type { Case } from '../case.js';
import { expectReturns } from '../expectations.js';
import { peekRawAddress, pending, pushFill } from '../rings.js';
import { Wire } from '../wire.js';

/** `XDP_PACKET_HEADROOM`: the kernel's own, in front of every packet. */
const KERNEL_HEADROOM = 256;

const HEADROOMS = [
  { chunkSize: 4096, frameHeadroom: 0 },
  { chunkSize: 4096, frameHeadroom: 128 },
  { chunkSize: 2048, frameHeadroom: 1344 },
  { chunkSize: 4096, frameHeadroom: 3392 },
];

/** The longest packet that a buffer takes: chunk - headroom - 256 (xsk_pool_get_rx_frame_size). */
const CAPACITIES = [
  { chunkSize: 2048, frameHeadroom: 1000, capacity: 792 },
  { chunkSize: 2048, frameHeadroom: 0, capacity: 1792 },
  { chunkSize: 4096, frameHeadroom: 0, capacity: 3840 },
];

/** Where packets lie in their chunks. */
export const geometryCases: readonly Case[] = [
  {
    name: 'R a fill address inside a chunk stands for the chunk',
    async run(rig) {
      const wire = new Wire(rig, { fill: 0 });
      pushFill(wire.receiver.queue.fill, 3 * 4096 + 77, 5 * 4096 + 4095);
      wire.queue([1, 2]);
      expectReturns(wire.kick(), 0);
      const received = await wire.receiveDescriptors(2);
      assert.deepEqual(
        received.map(({ addr }) => addr),
        [3 * 4096 + KERNEL_HEADROOM, 5 * 4096 + KERNEL_HEADROOM],
      );
    },
  },
  ...HEADROOMS.map(
    ({ chunkSize, frameHeadroom }): Case => ({
      name: `R headroom ${frameHeadroom} of ${chunkSize}`,
      async run(rig) {
        const wire = new Wire(rig, { receiver: { chunkSize, frameHeadroom }, fill: 0 });
        wire.fill(2);
        wire.queue([1]);
        expectReturns(wire.kick(), 0);
        const [received] = await wire.receiveDescriptors(1);
        assert.equal(received!.addr, 2 * chunkSize + frameHeadroom + KERNEL_HEADROOM);
        assert.equal(wire.numberAt(received!.addr), 1);
      },
    }),
  ),
  ...CAPACITIES.map(
    ({ chunkSize, frameHeadroom, capacity }): Case => ({
      name: `R a packet of ${capacity} bytes fits a chunk of ${chunkSize} with headroom ${frameHeadroom}, one more does not`,
      async run(rig) {
        const wire = new Wire(rig, {
          pair: { mtu: 9000 },
          receiver: { chunkSize, frameHeadroom },
        });
        wire.queue([1], capacity);
        wire.queue([2], capacity + 1);
        expectReturns(wire.kick(), 0);
        const [received] = await wire.receiveDescriptors(1);
        assert.equal(received!.len, capacity);
        await wire.expectNothingBefore(3);
        const { rxDropped, rxFillRingEmptyDescs } = wire.receiver.socket.statistics();
        assert.deepEqual([rxDropped, rxFillRingEmptyDescs], [1, 0]);
      },
    }),
  ),
  {
    name: 'R unaligned: chunk and offset stay apart in the address',
    needs: ['unaligned'],
    async run(rig) {
      const receiver = { unaligned: true, frameHeadroom: 64 };
      const wire = new Wire(rig, { receiver, fill: 0 });
      const { rx } = wire.receiver.socket;
      pushFill(wire.receiver.queue.fill, 5001);
      wire.queue([9]);
      expectReturns(wire.kick(), 0);
      await rig.until('a packet arrives', () => pending(rx!) === 1);
      assert.equal(peekRawAddress(rx!), (BigInt(64 + KERNEL_HEADROOM) << 48n) | 5001n);
      assert.deepEqual(await wire.receive(1), [9]);
    },
  },
  {
    name: 'R unaligned: a chunk may cross pages, but not the end of the memory',
    needs: ['unaligned'],
    async run(rig) {
      const wire = new Wire(rig, { receiver: { unaligned: true }, fill: 0 });
      const { memory, queue } = wire.receiver;
      // Below the end by a byte less than a chunk, at the end, beyond it; then two that fit.
      const { size } = memory;
      pushFill(queue.fill, size - 4095, size, size + 4096, size - 4096, 4096 - 100);
      wire.queue([1, 2]);
      expectReturns(wire.kick(), 0);
      const received = await wire.receiveDescriptors(2);
      assert.deepEqual(
        received.map(({ addr }) => addr),
        [size - 4096 + KERNEL_HEADROOM, 4096 - 100 + KERNEL_HEADROOM],
      );
      assert.deepEqual(
        received.map(({ addr }) => wire.numberAt(addr)),
        [1, 2],
      );
    },
  },
];
