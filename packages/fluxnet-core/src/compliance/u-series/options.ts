import type { ErrnoName } from '../../errno.js';
import type { Case } from '../case.js';
import { expectReturns } from '../expectations.js';
import { NO_SUCH_OPTION, SOL_TCP, SOL_XDP, XDP } from '../uapi.js';

interface Row {
  readonly name: string;
  readonly level: number;
  readonly option: number;
  /** To be set; read when left out. */
  readonly value?: number;
  readonly answer: 0 | ErrnoName;
  readonly txRingSize?: number;
}

const { MAX_TX_SKB_BUDGET } = XDP;

const ROWS: readonly Row[] = [
  {
    name: 'setsockopt of another level',
    level: SOL_TCP,
    option: XDP.RX_RING,
    value: 64,
    answer: 'ENOPROTOOPT',
  },
  {
    name: 'setsockopt unknown option',
    level: SOL_XDP,
    option: NO_SUCH_OPTION,
    value: 1,
    answer: 'ENOPROTOOPT',
  },
  {
    name: 'getsockopt of another level',
    level: SOL_TCP,
    option: XDP.OPTIONS,
    answer: 'ENOPROTOOPT',
  },
  {
    name: 'getsockopt unknown option',
    level: SOL_XDP,
    option: NO_SUCH_OPTION,
    answer: 'EOPNOTSUPP',
  },
  {
    name: 'getsockopt XDP_STATISTICS too short',
    level: SOL_XDP,
    option: XDP.STATISTICS,
    answer: 'EINVAL',
  },
  {
    name: 'getsockopt XDP_MMAP_OFFSETS too short',
    level: SOL_XDP,
    option: XDP.MMAP_OFFSETS,
    answer: 'EINVAL',
  },
  { name: 'getsockopt XDP_OPTIONS in copy mode', level: SOL_XDP, option: XDP.OPTIONS, answer: 0 },
  ...budget('below 32', 31, 'EACCES'),
  ...budget('of 32', 32, 0),
  ...budget('of the TX ring', 64, 0),
  ...budget('above the TX ring', 65, 'EACCES'),
  ...budget('without a TX ring', 32, 'EACCES', 0),
];

function budget(name: string, value: number, answer: Row['answer'], txRingSize = 64): Row[] {
  const common = { level: SOL_XDP, option: MAX_TX_SKB_BUDGET, answer };
  return [{ name: `setsockopt XDP_MAX_TX_SKB_BUDGET ${name}`, ...common, value, txRingSize }];
}

export const optionCases: readonly Case[] = ROWS.map(
  ({ name, level, option, value, answer, txRingSize = 64 }) => ({
    name: `U ${name}`,
    run(rig) {
      const { socket } = rig.port(rig.pair().a, { txRingSize });
      const result =
        value === undefined
          ? socket.getOption(level, option)
          : socket.setOption(level, option, value);
      expectReturns(result, answer);
    },
  }),
);
