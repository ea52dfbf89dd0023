import {
  type Backend,
  checkBoolean,
  checkInteger,
  checkKeys,
  invalid,
  type Program,
  type UmemOpenOptions,
} from 'fluxnet-core';
import {
  type CheckedDatapath,
  checkBackend,
  checkPoller,
  checkPreset,
  checkUmem,
  type DatapathOptions,
} from './datapath-options.js';
import { type CheckedPort, checkPort, PORT_KEYS, type PortOptions } from './port-options.js';

/** One queue of one interface: the options of a port and of its memory in one object. */
export interface RawOptions
  extends Omit<PortOptions, 'queueIds'>,
    Pick<DatapathOptions, 'preset' | 'umem' | 'poller' | 'spinUs' | 'turnBudgetMs' | 'debug'> {
  /** `kernelBackend`, or the backend of a simulated network. */
  readonly backend: Backend;
  /**
   * The program of another raw port on the same interface, whose queues are to be received from as
   * well: `raw.program`. It stays that port's. By default one is attached.
   */
  readonly program?: Program;
  /** 0 to 65535, below the interface's number of queues. Default 0. */
  readonly queueId?: number;
}

export interface CheckedRaw
  extends Pick<CheckedDatapath, 'poller' | 'spinUs' | 'turnBudgetMs' | 'debug'> {
  readonly backend: Backend;
  readonly port: CheckedPort;
  readonly umem: UmemOpenOptions;
  readonly program: Program | undefined;
}

const OWN_KEYS = [
  'backend',
  'queueId',
  'program',
  'preset',
  'umem',
  'poller',
  'spinUs',
  'turnBudgetMs',
  'debug',
] as const;

/** @throws {FluxError} `FLUX_INVALID_OPTION`, `FLUX_UNKNOWN_OPTION` */
export function checkRawOptions(options: RawOptions): CheckedRaw {
  const portKeys = PORT_KEYS.filter((key) => key !== 'queueIds');
  checkKeys('raw', options, [...OWN_KEYS, ...portKeys]);
  const { backend, queueId = 0, program, preset: name, umem, debug } = options;
  const { poller, spinUs, turnBudgetMs } = options;
  checkBackend('raw', backend);
  const preset = checkPreset('raw', name);
  const given = Object.entries(options).filter(([key]) => portKeys.includes(key as 'ifname'));
  const queueIds = [checkInteger('raw.queueId', queueId, 0, 65535)];
  const port = { ...(Object.fromEntries(given) as unknown as PortOptions), queueIds };
  const polling = Object.fromEntries(
    Object.entries({ poller, spinUs, turnBudgetMs }).filter(([, value]) => value !== undefined),
  );
  return {
    backend,
    program: checkProgram(program),
    port: checkPort('raw', port, backend, preset),
    umem: checkUmem('raw', umem, options.ifname, preset.framesPerQueue),
    ...checkPoller('raw', polling, preset),
    debug: checkBoolean('raw.debug', debug ?? false),
  };
}

function checkProgram(program: Program | undefined): Program | undefined {
  if (program === undefined || typeof program?.setSocket === 'function') return program;
  throw invalid('raw.program', program, "another raw port's `program`");
}
