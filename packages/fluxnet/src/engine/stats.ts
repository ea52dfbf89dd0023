import type {
  AttachMode,
  Pages,
  ProgramCounters,
  SocketStatistics,
  XskEffective,
} from 'fluxnet-core';
import { Counter } from './counters.js';
import type { Port } from './port.js';

/** Entries in use, of the ring's size. */
export interface RingLevel {
  readonly used: number;
  readonly size: number;
}

export interface PortStats {
  readonly ifname: string;
  readonly queueId: number;
  readonly rxPackets: number;
  readonly rxBytes: number;
  /** Handed to the TX ring. `txPackets = completed + txOutstanding`. */
  readonly txPackets: number;
  readonly txBytes: number;
  readonly completed: number;
  readonly txOutstanding: number;
  readonly kicks: number;
  /** Packets that ended here, by reason; of the ports they were received or sent on. */
  readonly drops: {
    readonly handler: number;
    readonly txRingFull: number;
    readonly device: number;
    readonly invalidDescriptor: number;
  };
  readonly kernel: SocketStatistics;
  readonly program: ProgramCounters;
  readonly rings: {
    readonly rx: RingLevel;
    readonly tx: RingLevel;
    readonly fill: RingLevel;
    readonly completion: RingLevel;
  };
}

/** Where every frame is. `total` is the sum of the others; anything else is a bug of ours. */
export interface FrameLedger {
  readonly total: number;
  readonly pool: number;
  readonly rx: number;
  readonly tx: number;
  /** In the handler's hands; 0 outside of it. */
  readonly batch: number;
  /** Withdrawn, because the kernel named them in a descriptor that is not valid. */
  readonly quarantined: number;
}

export interface EngineStats {
  readonly ports: readonly PortStats[];
  readonly frames: FrameLedger;
}

/** What really holds after open. */
export interface Effective {
  readonly backend: 'kernel' | 'simulator';
  readonly pages: Pages;
  readonly ports: readonly {
    readonly ifname: string;
    readonly queueId: number;
    readonly driver: string;
    readonly attachMode: AttachMode;
    readonly copyMode: 'copy' | 'zerocopy';
    readonly txBudget: number;
    readonly busyPoll: XskEffective['busyPoll'];
  }[];
}

export function portStats(port: Port): PortStats {
  const { counters, xsk, rings } = port;
  const level = (ring: { pending: number; size: number }): RingLevel => ({
    used: ring.pending,
    size: ring.size,
  });
  return {
    ifname: xsk.queue.ifname,
    queueId: xsk.queue.queueId,
    rxPackets: counters[Counter.rxPackets]!,
    rxBytes: counters[Counter.rxBytes]!,
    txPackets: counters[Counter.txPackets]!,
    txBytes: counters[Counter.txBytes]!,
    completed: counters[Counter.completed]!,
    txOutstanding: port.txOutstanding,
    kicks: counters[Counter.kicks]!,
    drops: {
      handler: counters[Counter.dropHandler]!,
      txRingFull: counters[Counter.dropTxRingFull]!,
      device: counters[Counter.dropDevice]!,
      invalidDescriptor: counters[Counter.dropInvalidDescriptor]!,
    },
    kernel: xsk.socket.statistics(),
    program: port.program.counters(),
    rings: {
      rx: level(rings.rx),
      tx: level(rings.tx),
      fill: level(rings.fill),
      completion: level(rings.completion),
    },
  };
}

export function frameLedger(ports: readonly Port[], batch: number): FrameLedger {
  const sum = (count: (port: Port) => number) =>
    ports.reduce((total, port) => total + count(port), 0);
  const { frames } = ports[0]!.xsk.umem;
  return {
    total: frames.frameCount,
    pool: frames.free,
    rx: sum((port) => port.rxOutstanding),
    tx: sum((port) => port.txOutstanding),
    batch,
    quarantined: sum(
      ({ counters }) =>
        counters[Counter.dropInvalidDescriptor]! + counters[Counter.invalidCompletions]!,
    ),
  };
}
