import {
  type Backend,
  checkBoolean,
  checkInteger,
  checkOneOf,
  invalid,
  type UmemOpenOptions,
} from 'fluxnet-core';
import type { TxFull } from '../datapath/dispatcher.js';
import { type CheckedPort, checkPorts, type PortOptions } from './port-options.js';
import { type Preset, type PresetValues, presets } from './presets.js';

/** How to wait for packets. */
export type PollerKind = 'busy' | 'wait' | 'adaptive';

/** What an engine and a system have in common. */
export interface DatapathOptions {
  /** `kernelBackend`, or the backend of a simulated network. */
  readonly backend: Backend;
  /** 1 to 127 ports over one shared memory. A port's index is its place in this list. */
  readonly ports: readonly PortOptions[];
  /** Other defaults for ring sizes, frames, batch size and poller: see `presets`. */
  readonly preset?: Preset;
  /**
   * `ifname` defaults to that of the first port: its NUMA node is where the memory goes.
   * `frameCount` defaults to the preset's frames per queue, times the queues of all ports.
   */
  readonly umem?: UmemOpenOptions;
  /** Most packets per batch, 1 to 256. Default 64. */
  readonly batchSize?: number;
  /**
   * `busy` never sleeps. `wait` sleeps whenever there is nothing to do. `adaptive` (default) looks
   * for more for `spinUs` after the last packet, then sleeps.
   */
  readonly poller?: PollerKind;
  /** For `adaptive`: 0 to 1,000,000. Default 50. */
  readonly spinUs?: number;
  /**
   * How long the loop may keep the thread before timers and I/O get their turn, in milliseconds, 0
   * to 1000. Default 1.
   */
  readonly turnBudgetMs?: number;
  /**
   * What happens to packets that find no room in the TX ring: `dropNew` (default) drops them,
   * `block` keeps them and receives nothing until they are out. Always counted.
   */
  readonly txFull?: TxFull;
  /**
   * Checks every use of packets and every change of a frame's owner, and throws on what is wrong.
   * Several times slower. Default false.
   */
  readonly debug?: boolean;
}

export interface CheckedDatapath {
  readonly backend: Backend;
  readonly ports: readonly CheckedPort[];
  readonly umem: UmemOpenOptions;
  readonly batchSize: number;
  readonly poller: PollerKind;
  readonly spinUs: number;
  readonly turnBudgetMs: number;
  readonly txFull: TxFull;
  readonly debug: boolean;
}

export const DATAPATH_KEYS = [
  'backend',
  'ports',
  'preset',
  'umem',
  'batchSize',
  'poller',
  'spinUs',
  'turnBudgetMs',
  'txFull',
  'debug',
] as const;

/** @throws {FluxError} `FLUX_INVALID_OPTION`, `FLUX_UNKNOWN_OPTION`, `FLUX_UNKNOWN_INTERFACE` */
export function checkDatapathOptions(path: string, options: DatapathOptions): CheckedDatapath {
  checkBackend(path, options.backend);
  const preset = checkPreset(path, options.preset);
  const ports = checkPorts(`${path}.ports`, options.ports, options.backend, preset);
  const queues = ports.reduce((sum, port) => sum + port.queueIds.length, 0);
  return {
    backend: options.backend,
    ports,
    umem: checkUmem(path, options.umem, ports[0]!.xsk.ifname, queues * preset.framesPerQueue),
    batchSize: checkInteger(`${path}.batchSize`, options.batchSize ?? preset.batchSize, 1, 256),
    ...checkPoller(path, options, preset),
    txFull: checkOneOf(`${path}.txFull`, options.txFull ?? 'dropNew', ['dropNew', 'block']),
    debug: checkBoolean(`${path}.debug`, options.debug ?? false),
  };
}

export function checkBackend(path: string, backend: Backend): void {
  if (typeof backend?.openMemory === 'function') return;
  throw invalid(`${path}.backend`, backend, 'kernelBackend, or a SimNetwork.backend');
}

export function checkPreset(path: string, preset: Preset | undefined): PresetValues {
  if (preset === undefined) return presets.default;
  return presets[checkOneOf(`${path}.preset`, preset, ['throughput', 'latency', 'small'])];
}

export function checkPoller(
  path: string,
  options: Pick<DatapathOptions, 'poller' | 'spinUs' | 'turnBudgetMs'>,
  preset: PresetValues,
): Pick<CheckedDatapath, 'poller' | 'spinUs' | 'turnBudgetMs'> {
  const kinds = ['busy', 'wait', 'adaptive'] as const;
  return {
    poller: checkOneOf(`${path}.poller`, options.poller ?? preset.poller, kinds),
    spinUs: checkInteger(`${path}.spinUs`, options.spinUs ?? preset.spinUs, 0, 1_000_000),
    turnBudgetMs: checkInteger(`${path}.turnBudgetMs`, options.turnBudgetMs ?? 1, 0, 1000),
  };
}

/** What `Umem.open` checks itself is left to it. */
export function checkUmem(
  path: string,
  umem: UmemOpenOptions = {},
  ifname: string,
  frameCount: number,
): UmemOpenOptions {
  if (umem === null || typeof umem !== 'object' || Array.isArray(umem)) {
    throw invalid(`${path}.umem`, umem, 'an object');
  }
  const { frameSize = 2048 } = umem;
  const atMost = Math.floor(2 ** 31 / (frameSize + (frameSize & 1)));
  return { ifname, frameCount: Math.min(frameCount, atMost), ...umem };
}
