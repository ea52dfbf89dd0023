import assert from 'node:assert/strict';
import { type ErrnoName, errno } from '../../errno.js';
import type { FluxErrorCode } from '../../errors.js';
import { Umem } from '../../umem.js';
import { Xsk } from '../../xsk.js';
import type { Case } from '../case.js';
import type { FailingCall } from '../environment.js';
import { expectRefusal, expectReturns } from '../expectations.js';
import type { Rig } from '../rig.js';
import { Wire } from '../wire.js';

interface Row {
  readonly call: FailingCall;
  readonly errno: ErrnoName;
  /** How `Umem.open` and `Xsk.open` end; they get over it when left out. */
  readonly code?: FluxErrorCode;
}

/** Failures of opening: passed on with their code, or waited out where they go away. */
const OPENING: readonly Row[] = [
  { call: 'openUmem', errno: 'ENOMEM', code: 'FLUX_NO_MEMORY' },
  { call: 'openUmem', errno: 'ENOBUFS' },
  { call: 'openSocket', errno: 'ENOMEM', code: 'FLUX_NO_MEMORY' },
  { call: 'bind', errno: 'EBUSY' },
  { call: 'bind', errno: 'ENOMEM', code: 'FLUX_NO_MEMORY' },
];

async function open(rig: Rig, ifname: string): Promise<void> {
  const umem = await rig.machine.complete(Umem.open(rig.backend, { frameCount: 8 }));
  try {
    await rig.machine.complete(Xsk.open(umem, { ifname }));
  } finally {
    umem.close();
  }
}

async function failOpening(rig: Rig, row: Row): Promise<void> {
  const { a } = rig.pair();
  rig.machine.failCalls!(row.call, errno[row.errno], 2);
  if (row.code !== undefined) {
    const refusal = { code: row.code, errno: row.errno };
    await expectRefusal(refusal, () => open(rig, a));
    await expectRefusal(refusal, () => open(rig, a));
  }
  await open(rig, a);
}

/** A forced errno of any call: passed on, nothing lost, and gone when it is over. */
export const callFaultCases: readonly Case[] = [
  ...OPENING.map(
    (row): Case => ({
      name: `F ${row.call} fails twice with ${row.errno}: ${row.code ?? 'tried again'}`,
      needs: ['faults'],
      run: (rig) => failOpening(rig, row),
    }),
  ),
  ...(['ENOBUFS', 'ENOMEM', 'EBUSY', 'EAGAIN'] as const).map(
    (name): Case => ({
      name: `F kick fails with ${name}: nothing is lost`,
      needs: ['faults'],
      async run(rig) {
        const wire = new Wire(rig);
        rig.machine.failCalls!('kick', errno[name], 1);
        wire.queue([1, 2]);
        expectReturns(wire.kick(), name);
        expectReturns(wire.kick(), 0);
        assert.deepEqual(await wire.receive(2), [1, 2]);
      },
    }),
  ),
];
