import {
  type AttachMode,
  type Backend,
  checkInteger,
  checkKeys,
  checkOneOf,
  checkString,
  invalid,
  type UmemOpenOptions,
  type XskOpenOptions,
} from 'fluxnet-core';
import type { Batch } from './batch.js';

/** A port both receives and sends, one descriptor per packet. */
export interface PortOptions extends Omit<XskOpenOptions, 'multiBuffer'> {
  /** `auto` (default) tries native, then generic; `engine.effective` says which it is. */
  readonly attachMode?: AttachMode | 'auto';
}

/** Called once per batch of received packets. Must not keep the batch, nor return a promise. */
export type BatchHandler = (batch: Batch) => void;

export interface EngineOptions {
  /** `kernelBackend`, or the backend of a simulated network. */
  readonly backend: Backend;
  /** 1 to 127 ports over one shared memory. A port's index is its place in this list. */
  readonly ports: readonly PortOptions[];
  readonly handler: BatchHandler;
  /** `ifname` defaults to that of the first port: its NUMA node is where the memory goes. */
  readonly umem?: UmemOpenOptions;
  /** Most packets per call of the handler, 1 to 256. Default 64. */
  readonly batchSize?: number;
  /** How long the loop may keep the thread before timers and I/O get their turn. Default 1. */
  readonly turnBudgetMs?: number;
}

const KEYS = ['backend', 'ports', 'handler', 'umem', 'batchSize', 'turnBudgetMs'] as const;
const PORT_KEYS = [
  'ifname',
  'queueId',
  'attachMode',
  'copyMode',
  'needWakeup',
  'busyPoll',
  'txBudget',
  'rxRingSize',
  'txRingSize',
  'fillRingSize',
  'completionRingSize',
] as const;
const MAX_PORTS = 127;

/** @throws {FluxError} `FLUX_INVALID_OPTION`, `FLUX_UNKNOWN_OPTION` */
export function checkEngineOptions(options: EngineOptions): {
  batchSize: number;
  turnBudgetMs: number;
} {
  checkKeys('engine', options, KEYS);
  if (typeof options.backend?.openMemory !== 'function') {
    throw invalid('engine.backend', options.backend, 'kernelBackend, or a SimNetwork.backend');
  }
  if (typeof options.handler !== 'function') {
    throw invalid('engine.handler', options.handler, 'a function');
  }
  const { umem = {} } = options;
  if (umem === null || typeof umem !== 'object' || Array.isArray(umem)) {
    throw invalid('engine.umem', umem, 'an object');
  }
  const { ports } = options;
  if (!Array.isArray(ports) || ports.length < 1 || ports.length > MAX_PORTS) {
    throw invalid('engine.ports', ports, `a list of 1 to ${MAX_PORTS} ports`);
  }
  ports.forEach((port, index) => {
    checkPortOptions(`engine.ports[${index}]`, port);
  });
  checkTogether(ports);
  return {
    batchSize: checkInteger('engine.batchSize', options.batchSize ?? 64, 1, 256),
    turnBudgetMs: checkInteger('engine.turnBudgetMs', options.turnBudgetMs ?? 1, 0, 1000),
  };
}

function checkPortOptions(path: string, port: PortOptions): void {
  checkKeys(path, port, PORT_KEYS);
  checkString(`${path}.ifname`, port.ifname);
  checkOneOf(`${path}.attachMode`, port.attachMode ?? 'auto', ['auto', 'native', 'generic']);
  for (const ring of ['rxRingSize', 'txRingSize'] as const) {
    if (port[ring] === 0) throw invalid(`${path}.${ring}`, 0, 'a power of two');
  }
}

/** What no port can be wrong about alone: a queue has one owner, an interface one program. */
function checkTogether(ports: readonly PortOptions[]): void {
  ports.forEach((port, index) => {
    const { ifname, queueId = 0, attachMode = 'auto' } = port;
    const path = `engine.ports[${index}]`;
    for (const earlier of ports.slice(0, index)) {
      if (earlier.ifname !== ifname) continue;
      if ((earlier.queueId ?? 0) === queueId) {
        throw invalid(`${path}.queueId`, queueId, `a queue of ${ifname} that is not listed yet`);
      }
      const mode = earlier.attachMode ?? 'auto';
      if (mode !== attachMode) {
        throw invalid(
          `${path}.attachMode`,
          attachMode,
          `'${mode}', as for the same interface before`,
        );
      }
    }
  });
}
