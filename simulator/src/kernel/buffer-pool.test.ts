import { expect, test } from 'vitest';
import { SimNetwork } from '../network/sim-network.js';
import { pushFill } from '../testing/rings.js';
import { BufferPool } from './buffer-pool.js';
import { ConsumerRing } from './consumer-ring.js';
import { ADDRESS_BYTES, createRing } from './ring-region.js';
import type { SimUmem } from './umem.js';

test('retained buffers serve first, the newest one before the others', () => {
  const { backend } = new SimNetwork();
  const memory = backend.openMemory({ size: 65536, pages: 'auto' });
  const geometry = { chunkSize: 2048, frameHeadroom: 0, unaligned: false };
  const umem = backend.openUmem(memory, geometry) as SimUmem;
  const fill = createRing('fillRingSize', 4, ADDRESS_BYTES, 0);
  const pool = new BufferPool(new ConsumerRing(fill, ADDRESS_BYTES), umem);
  pushFill(fill, 0, 2048, 4096);
  const [first, second] = [pool.allocate(), pool.allocate()];
  pool.free(first);
  pool.free(second);
  expect([first, second]).toEqual([0, 2048]);
  expect(Array.from({ length: 4 }, () => pool.allocate())).toEqual([2048, 0, 4096, -1]);
  expect(pool.fillRingEmptyDescs).toBe(1);
});
