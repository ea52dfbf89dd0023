import { describe, expect, it } from 'vitest';
import type { Backend } from './contract/backend.js';
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
