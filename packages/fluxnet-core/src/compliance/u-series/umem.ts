import assert from 'node:assert/strict';
import { Umem, type UmemOpenOptions } from '../../umem.js';
import type { Case } from '../case.js';
import type { Need } from '../environment.js';
import { expectRefusal, expectReturns } from '../expectations.js';
import { openRegistration, type PortOptions } from '../port.js';
import { SOL_XDP, XDP } from '../uapi.js';

interface Row {
  readonly name: string;
  readonly registration: Omit<PortOptions, 'chunkCount'>;
  /** The same through `Umem.open`, which says what would be allowed; where it can be asked. */
  readonly options?: UmemOpenOptions;
  readonly needs?: readonly Need[];
}

/** What `xdp_umem_reg` refuses (net/xdp/xdp_umem.c). */
const REFUSED: readonly Row[] = [
  {
    name: 'chunks of 1024 bytes',
    registration: { chunkSize: 1024 },
    options: { frameSize: 1024 },
  },
  {
    name: 'chunks larger than a page',
    registration: { chunkSize: 8192 },
    options: { frameSize: 8192 },
  },
  {
    name: 'aligned chunks of 3000 bytes',
    registration: { chunkSize: 3000 },
    options: { frameSize: 3000 },
  },
  {
    name: 'unaligned chunks of 2047 bytes',
    registration: { chunkSize: 2047, unaligned: true },
    options: { frameSize: 2047, unaligned: true },
    needs: ['unaligned'],
  },
  {
    name: 'headroom 3393 of 4096',
    registration: { frameHeadroom: 3393 },
    options: { frameSize: 4096, frameHeadroom: 3393 },
  },
  {
    name: 'headroom 1345 of 2048',
    registration: { chunkSize: 2048, frameHeadroom: 1345 },
    options: { frameSize: 2048, frameHeadroom: 1345 },
  },
  {
    name: 'metadata of 256 bytes',
    registration: { txMetadataLength: 256 },
    needs: ['tx-metadata'],
  },
  {
    name: 'metadata of 12 bytes, no multiple of 8',
    registration: { txMetadataLength: 12 },
    needs: ['tx-metadata'],
  },
];

const ALLOWED: readonly Row[] = [
  { name: 'headroom 3392 of 4096', registration: { frameHeadroom: 3392 } },
  {
    name: 'headroom 1344 of 2048',
    registration: { chunkSize: 2048, frameHeadroom: 1344 },
  },
  {
    name: 'unaligned chunks of 3000 bytes, the last one cut off',
    registration: { chunkSize: 3000, unaligned: true },
    needs: ['unaligned'],
  },
];

export const umemCases: readonly Case[] = [
  ...REFUSED.map(
    ({ name, registration, options, needs = [] }): Case => ({
      name: `U XDP_UMEM_REG ${name}`,
      needs,
      async run(rig) {
        const memory = rig.keep(rig.backend.openMemory({ size: 3 * 4096, pages: '4k' }));
        const geometry = { chunkSize: 4096, frameHeadroom: 0, unaligned: false, ...registration };
        await expectRefusal({ code: 'FLUX_INVALID_OPTION', errno: 'EINVAL' }, () =>
          rig.backend.openUmem(memory, geometry),
        );
        if (options === undefined) return;
        await expectRefusal({ code: 'FLUX_INVALID_OPTION' }, () =>
          rig.machine.complete(Umem.open(rig.backend, { frameCount: 4, ...options })),
        );
      },
    }),
  ),
  ...ALLOWED.map(
    ({ name, registration, needs = [] }): Case => ({
      name: `U XDP_UMEM_REG ${name} is allowed`,
      needs,
      run(rig) {
        const { memory, umem } = openRegistration(rig.backend, { chunkCount: 3, ...registration });
        rig.keep(memory);
        assert.equal(umem.chunkSize, registration.chunkSize ?? 4096);
      },
    }),
  ),
  {
    name: 'U XDP_UMEM_REG too short an option',
    run(rig) {
      const { socket } = rig.unbound(rig.pair().a);
      expectReturns(socket.setOption(SOL_XDP, XDP.UMEM_REG, 0), 'EINVAL');
    },
  },
  {
    name: 'U XDP_UMEM_REG the same memory twice',
    run(rig) {
      const { memory, umem } = openRegistration(rig.backend, {});
      rig.keep(memory);
      const { chunkSize, frameHeadroom, unaligned } = umem;
      rig.backend.openUmem(memory, { chunkSize, frameHeadroom, unaligned });
    },
  },
];
