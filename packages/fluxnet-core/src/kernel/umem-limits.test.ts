import { describe, expect, it } from 'vitest';
import { hasKernel } from '../../../../test/support/kernel.js';
import { errno } from '../errno.js';
import { type FluxError, isFluxError } from '../errors.js';
import { Umem } from '../umem.js';
import { kernelBackend } from './kernel-backend.js';
import type { KernelMemory } from './kernel-memory.js';
import { loadNative } from './load-native.js';

/** Asks the kernel, past every check of ours. */
function kernelTakes(chunkSize: number, frameHeadroom: number, unaligned: boolean): boolean {
  const memory = kernelBackend.openMemory({ size: 16384, pages: '4k' });
  try {
    kernelBackend.openUmem(memory, { chunkSize, frameHeadroom, unaligned });
    return true;
  } catch (error) {
    expect(error).toMatchObject({
      code: 'FLUX_INVALID_OPTION',
      errno: errno.EINVAL,
      syscall: 'setsockopt(XDP_UMEM_REG)',
      hint: 'the kernel refused the sizes or flags',
    });
    return false;
  } finally {
    memory.close();
  }
}

async function weTake(frameSize: number, frameHeadroom: number, unaligned: boolean) {
  const options = { frameCount: 4, pages: '4k', frameSize, frameHeadroom, unaligned } as const;
  try {
    const umem = await Umem.open(kernelBackend, options);
    umem.close();
    return true;
  } catch (error) {
    // Refused by us: the kernel was not asked.
    expect(isFluxError(error, 'FLUX_INVALID_OPTION')).toBe(true);
    expect((error as FluxError).errno).toBeUndefined();
    return false;
  }
}

/**
 * XDP_UMEM_REG (xdp_umem_reg, net/xdp/xdp_umem.c): our limits are the kernel's, on both sides of
 * every edge. Pages have 4096 bytes. Kernels without the fix of CVE-2026-43093 take any headroom
 * below `chunk - 256`, more than can work; on those the cases "one more" would not be refused.
 */
describe.runIf(hasKernel)('[kernel] limits of a registration', () => {
  it.each([
    ['smaller than the least chunk', 1024, 0, false, false],
    ['the least chunk', 2048, 0, false, true],
    ['no power of two', 3000, 0, false, false],
    ['a page', 4096, 0, false, true],
    ['more than a page', 8192, 0, false, false],
    ['unaligned, below the least', 2047, 0, true, false],
    ['unaligned, the least', 2048, 0, true, true],
    ['unaligned, odd', 2049, 0, true, true],
    ['unaligned, just below a page', 4095, 0, true, true],
    ['unaligned, a page', 4096, 0, true, true],
    ['unaligned, more than a page', 4097, 0, true, false],
    ['2048, most headroom', 2048, 1344, false, true],
    ['2048, one more', 2048, 1345, false, false],
    ['4096, most headroom', 4096, 3392, false, true],
    ['4096, one more', 4096, 3393, false, false],
    ['unaligned 2048, most headroom', 2048, 1344, true, true],
    ['unaligned 2048, one more', 2048, 1345, true, false],
    ['unaligned 3000, most headroom', 3000, 2296, true, true],
    ['unaligned 3000, one more', 3000, 2297, true, false],
  ])('%s', async (_, chunkSize, headroom, unaligned, allowed) => {
    expect(kernelTakes(chunkSize, headroom, unaligned)).toBe(allowed);
    expect(await weTake(chunkSize, headroom, unaligned)).toBe(allowed);
  });

  it('one frame', async () => {
    for (const [frameSize, unaligned] of [
      [2048, false],
      [4096, false],
      [3000, true],
    ] as const) {
      const umem = await Umem.open(kernelBackend, { frameCount: 1, frameSize, unaligned });
      expect([umem.memory.size, umem.frames.take(), umem.frames.take()]).toEqual([4096, 0, -1]);
      umem.close();
    }
  });

  // The kernel takes up to 2^32 - 1 chunks; 2 GiB keeps every offset a positive 32-bit integer.
  it.runIf(process.env.FLUXNET_FULL === '1')('[full] 2 GiB', async () => {
    const umem = await Umem.open(kernelBackend, { frameCount: 2 ** 20 });
    expect(umem.memory.size).toBe(2 ** 31);
    umem.bytes[2 ** 31 - 1] = 1;
    umem.close();
  });

  it('no byte more than 2 GiB, and no byte less than one', () => {
    const beyond = () => kernelBackend.openMemory({ size: 2 ** 31 + 1, pages: '4k' });
    expect(beyond).toThrow('size must be an integer from 1 to 2147483648');
    expect(() => kernelBackend.openMemory({ size: 0, pages: '4k' })).toThrow('size must be');
  });

  it('flags that the kernel does not know', () => {
    const memory = kernelBackend.openMemory({ size: 4096, pages: '4k' }) as KernelMemory;
    const native = loadNative();
    expect(() => new native.Umem(memory.handle, 4096, 0, 1 << 8, 0)).toThrow('XDP_UMEM_REG');
    new native.Umem(memory.handle, 4096, 0, 1, 0).close();
    memory.close();
  });

  it.each([
    [0, true],
    [8, true],
    [24, true],
    [248, true],
    [12, false],
    [256, false],
    [2 ** 32 - 8, false],
  ])('%i bytes of metadata', (txMetadataLength, allowed) => {
    const memory = kernelBackend.openMemory({ size: 4096, pages: '4k' });
    const options = { chunkSize: 4096, frameHeadroom: 0, unaligned: false, txMetadataLength };
    const open = () => kernelBackend.openUmem(memory, options);
    if (allowed) expect(open()).toMatchObject({ txMetadataLength, txSoftwareChecksum: false });
    else expect(open).toThrow(/FLUX_INVALID_OPTION.*XDP_UMEM_REG/);
    memory.close();
  });

  it('a memory smaller than a chunk', () => {
    // Memory has whole pages, so only a chunk larger than a page finds none: told by its size.
    const memory = kernelBackend.openMemory({ size: 1, pages: '4k' });
    const options = { chunkSize: 4097, frameHeadroom: 0, unaligned: true };
    expect(() => kernelBackend.openUmem(memory, options)).toThrow(/FLUX_INVALID_OPTION.*EINVAL/);
    memory.close();
  });
});
