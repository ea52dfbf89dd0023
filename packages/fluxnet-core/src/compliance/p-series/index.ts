import assert from 'node:assert/strict';
import { type ErrnoName, errno } from '../../errno.js';
import type { FluxErrorCode } from '../../errors.js';
import type { Case, OutOfReach, Series } from '../case.js';
import type { Rights } from '../environment.js';
import { PROBE_PAGES, type RightsProbe } from '../rights-probes.js';

interface Row {
  readonly probe: RightsProbe;
  readonly capabilities: Rights['capabilities'];
  /** Pages that may be locked. */
  readonly memlockPages?: number;
  /** How it is refused; it is not, when left out. */
  readonly refused?: { readonly code?: FluxErrorCode; readonly errno: ErrnoName };
}

const EPERM = { code: 'FLUX_PERMISSION', errno: 'EPERM' } as const;
const ENOBUFS = { code: 'FLUX_MEMLOCK', errno: 'ENOBUFS' } as const;

/** §5.1: which right each step needs. */
const MATRIX: readonly Row[] = [
  { probe: 'register', capabilities: [], refused: EPERM },
  { probe: 'register', capabilities: ['bpf', 'net_admin'], refused: EPERM },
  { probe: 'register', capabilities: ['net_raw'] },
  { probe: 'register', capabilities: ['net_raw'], memlockPages: PROBE_PAGES },
  {
    probe: 'register',
    capabilities: ['net_raw'],
    memlockPages: PROBE_PAGES - 1,
    refused: ENOBUFS,
  },
  { probe: 'register', capabilities: ['net_raw', 'ipc_lock'], memlockPages: 0 },
  { probe: 'bind', capabilities: ['net_raw'] },
  { probe: 'attach', capabilities: [], refused: EPERM },
  { probe: 'attach', capabilities: ['net_raw'], refused: EPERM },
  { probe: 'attach', capabilities: ['bpf'], refused: EPERM },
  { probe: 'attach', capabilities: ['net_admin'], refused: EPERM },
  { probe: 'attach', capabilities: ['bpf', 'net_admin'] },
  { probe: 'preferBusyPoll', capabilities: ['net_raw'], refused: { errno: 'EPERM' } },
  { probe: 'preferBusyPoll', capabilities: ['net_raw', 'net_admin'] },
  { probe: 'busyPollTime', capabilities: ['net_raw'] },
  { probe: 'busyPollBudget', capabilities: ['net_raw'], refused: { errno: 'EPERM' } },
  { probe: 'busyPollBudget', capabilities: ['net_raw', 'net_admin'] },
  {
    probe: 'busyPollBudgetTooLarge',
    capabilities: ['net_raw', 'net_admin'],
    refused: { errno: 'EINVAL' },
  },
];

const IN_BETWEEN: readonly OutOfReach[] = [
  'attach with a program’s descriptor and no right at all',
  'XSKMAP update with a map’s descriptor and no right at all',
  'SO_BINDTODEVICE changed without CAP_NET_RAW: EPERM',
].map((name) => ({
  name: `P ${name}`,
  outOfReach:
    'rights go away between two calls of one process, or objects to another: what is handed over is ' +
    'tested with the sharing of objects',
}));

function nameOf({ probe, capabilities, memlockPages, refused }: Row): string {
  const rights = capabilities.length === 0 ? 'no right' : capabilities.join(', ');
  const limit = memlockPages === undefined ? '' : `, ${memlockPages} of ${PROBE_PAGES} pages`;
  const end = refused === undefined ? 'works' : refused.errno;
  return `P ${probe} with ${rights}${limit}: ${end}`;
}

/** Rights: every step as a process that has these and no others. */
export const pSeries: Series = {
  name: 'P: privileges',
  cases: [
    ...MATRIX.map(
      (row): Case => ({
        name: nameOf(row),
        needs: ['rights'],
        run(rig) {
          const { probe, capabilities, memlockPages, refused } = row;
          const limit = memlockPages === undefined ? {} : { memlock: memlockPages * 4096 };
          const outcome = rig.machine.withRights!({ capabilities, ...limit }, probe, rig.pair().a);
          assert.equal(outcome.code, refused?.code, outcome.hint);
          assert.equal(outcome.errno, refused && errno[refused.errno]);
          assert.equal(outcome.ok, refused === undefined);
          if (refused?.code !== undefined) assert(outcome.hint, 'a hint');
        },
      }),
    ),
    {
      name: 'P a user namespace gives the right to bind to its own interfaces',
      needs: ['user-namespace'],
      run(rig) {
        const outcome = rig.machine.inUserNamespace!('bind', 'lo');
        assert.deepEqual(outcome, { ok: true });
      },
    },
    ...IN_BETWEEN,
  ],
};
