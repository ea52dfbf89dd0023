import { describe, expect, it } from 'vitest';
import type { Backend } from './contract/backend.js';
import type { Memory } from './contract/memory.js';
import type { UmemOptions, UmemRegistration } from './contract/umem.js';
import { errno } from './errno.js';
import { FluxError } from './errors.js';
import { Umem, type UmemOpenOptions } from './umem.js';

/** Options are checked before anything is asked of the kernel. */
const untouched = new Proxy({} as Backend, {
  get: (_, name) => {
    throw new Error(`the backend was asked for ${String(name)}`);
  },
});

describe('Umem.open refuses', () => {
  const refused: [UmemOpenOptions, path: string, allowed: string][] = [
    [{ frameSize: 1024 }, 'frameSize', 'a power of two from 2048 to 4096'],
    [{ frameSize: 8192 }, 'frameSize', 'a power of two from 2048 to 4096'],
    [{ frameSize: 3000 }, 'frameSize', 'a power of two from 2048 to 4096'],
    [{ frameSize: 2047, unaligned: true }, 'frameSize', 'an integer from 2048 to 4096'],
    [{ frameSize: 4097, unaligned: true }, 'frameSize', 'an integer from 2048 to 4096'],
    [{ frameSize: 2048.5, unaligned: true }, 'frameSize', 'an integer from 2048 to 4096'],
    [{ frameCount: 0 }, 'frameCount', 'an integer from 1 to 1048576'],
    [{ frameCount: 2 ** 20 + 1 }, 'frameCount', 'an integer from 1 to 1048576'],
    [{ frameCount: 2 ** 19 + 1, frameSize: 4096 }, 'frameCount', 'an integer from 1 to 524288'],
    [
      { frameCount: 715828, frameSize: 3000, unaligned: true },
      'frameCount',
      'an integer from 1 to 715827',
    ],
    [
      { frameCount: 715351, frameSize: 3001, unaligned: true },
      'frameCount',
      'an integer from 1 to 715350',
    ],
    [{ frameCount: Number.NaN }, 'frameCount', 'an integer from 1 to 1048576'],
    [{ frameHeadroom: -1 }, 'frameHeadroom', 'an integer from 0 to 1344'],
    [{ frameHeadroom: 1345 }, 'frameHeadroom', 'an integer from 0 to 1344'],
    [{ frameHeadroom: 3393, frameSize: 4096 }, 'frameHeadroom', 'an integer from 0 to 3392'],
    [
      { frameHeadroom: 2297, frameSize: 3000, unaligned: true },
      'frameHeadroom',
      'an integer from 0 to 2296',
    ],
    [{ unaligned: 1 as never }, 'unaligned', 'true | false'],
    [{ txMetadata: 1 as never }, 'txMetadata', "true | false | 'auto'"],
    [{ txSoftwareChecksum: 0 as never }, 'txSoftwareChecksum', 'true | false'],
    [{ txSoftwareChecksum: true }, 'txSoftwareChecksum', 'false, without umem.txMetadata'],
    [{ pages: '2m' as never }, 'pages', "'auto' | 'hugetlb2m' | 'hugetlb1g' | 'thp' | '4k'"],
    [{ numaNode: -1 }, 'numaNode', "'auto', or an integer from 0 to 1023"],
    [{ numaNode: 0.5 }, 'numaNode', "'auto', or an integer from 0 to 1023"],
    [{ numaNode: 1024 }, 'numaNode', "'auto', or an integer from 0 to 1023"],
    [{ numaNode: '0' as never }, 'numaNode', "'auto', or an integer from 0 to 1023"],
    [{ ifname: '' }, 'ifname', 'a non-empty string'],
  ];
  it.each(refused)('%o', async (options, name, allowed) => {
    const path = `umem.${name}`;
    await expect(Umem.open(untouched, options)).rejects.toMatchObject({
      code: 'FLUX_INVALID_OPTION',
      context: { path, allowed },
      hint: `set ${path} to ${allowed}`,
    });
  });

  it('keys that it does not know', async () => {
    const options = { numanode: 0 } as UmemOpenOptions;
    await expect(Umem.open(untouched, options)).rejects.toMatchObject({
      code: 'FLUX_UNKNOWN_OPTION',
      hint: 'did you mean numaNode?',
    });
  });
});

/** A kernel that refuses registrations, and what it was asked for. */
function kernelWithout(refuses: (options: UmemOptions) => boolean) {
  const asked: UmemOptions[] = [];
  const memory = { buffer: new ArrayBuffer(8192), size: 8192, close() {} } as Memory;
  const backend = {
    clock: { now: () => 0 },
    openMemory: () => memory,
    openUmem(_: Memory, options: UmemOptions): UmemRegistration {
      asked.push(options);
      if (refuses(options)) {
        const details = { errno: errno.EINVAL, syscall: 'setsockopt(XDP_UMEM_REG)' };
        throw new FluxError('FLUX_INVALID_OPTION', 'refused', details);
      }
      const { txMetadataLength = 0, txSoftwareChecksum = false } = options;
      return { ...options, memory, txMetadataLength, txSoftwareChecksum, close() {} };
    },
  } as unknown as Backend;
  return { backend, asked };
}

describe('TX metadata', () => {
  const wanted = { frameCount: 4, txMetadata: true, txSoftwareChecksum: true } as const;
  const before611 = ({ txMetadataLength = 0 }: UmemOptions) => txMetadataLength !== 0;

  it('takes 24 bytes of every frame, in every registration', async () => {
    const { backend, asked } = kernelWithout(() => false);
    const umem = await Umem.open(backend, wanted);
    const again = await umem.registerAgain();
    expect([umem.txOffset, again.txOffset]).toEqual([24, 24]);
    expect(asked[1]).toEqual(asked[0]);
    expect(asked[1]).toMatchObject({ txMetadataLength: 24, txSoftwareChecksum: true });
  });

  it('is an error where it is demanded and the kernel has none', async () => {
    const { backend, asked } = kernelWithout(before611);
    await expect(Umem.open(backend, wanted)).rejects.toMatchObject({
      code: 'FLUX_UNSUPPORTED',
      errno: errno.EINVAL,
      hint: "it came with Linux 6.11: use txMetadata: 'auto', or false",
    });
    expect(asked).toHaveLength(1);
  });

  it('is absent where it may be and the kernel has none', async () => {
    const { backend } = kernelWithout(before611);
    const umem = await Umem.open(backend, { ...wanted, txMetadata: 'auto' });
    expect(umem.txOffset).toBe(0);
    expect(umem.registration.txSoftwareChecksum).toBe(false);
  });

  it('does not hide what else the kernel refuses', async () => {
    const { backend, asked } = kernelWithout(() => true);
    const open = Umem.open(backend, { ...wanted, txMetadata: 'auto' });
    await expect(open).rejects.toMatchObject({ code: 'FLUX_INVALID_OPTION' });
    expect(asked).toHaveLength(2);
  });
});
