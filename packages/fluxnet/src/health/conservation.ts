import type { FrameLedger } from '../datapath/frame-ledger.js';
import type { PortStats } from '../datapath/stats.js';

/** A snapshot of an engine or a system. */
export interface Snapshot {
  /** Of the backend's clock, in milliseconds: only differences mean something. */
  readonly timeMs: number;
  readonly ports: readonly PortStats[];
  readonly frames: FrameLedger;
  /** Packets of the batch that is being handled. */
  readonly inBatch: number;
}

type Terms = Readonly<Record<string, number>>;

/** Two sums of named terms that must be equal. */
export interface Equation {
  readonly name: string;
  readonly left: Terms;
  readonly right: Terms;
  readonly holds: boolean;
}

/**
 * No packet and no frame may vanish: every place where one can be is counted, by us, by the
 * kernel's socket or by the program, and the counters of different owners have to agree. Exact
 * when nothing arrives while the snapshot is taken; what a far end has sent is its own to count.
 */
export function conservation({ ports, frames, inBatch }: Snapshot): readonly Equation[] {
  const { total, ...places } = frames;
  const sum = (of: (port: PortStats) => number) => ports.reduce((all, port) => all + of(port), 0);
  return [
    equation(
      'packets',
      { received: sum((port) => port.rxPackets), sent: sum((port) => port.sent) },
      {
        transmitted: sum((port) => port.txPackets),
        taken: sum((port) => port.taken),
        inBatch,
        droppedByHandler: sum((port) => port.drops.handler),
        droppedAfterError: sum((port) => port.drops.handlerError),
        txRingFull: sum((port) => port.drops.txRingFull),
      },
    ),
    equation('frames', { total }, places),
    ...ports.flatMap(arrivals),
  ];
}

/** What the program sent to the sockets. Programs of one's own do not tell. */
function arrivals(port: PortStats): Equation[] {
  const { redirected } = port.program;
  if (redirected === undefined) return [];
  return [
    equation(
      `arrivals of ${port.ifname}`,
      { redirected },
      {
        received: port.rxPackets,
        inRxRing: port.rings.rx.used,
        rxDropped: port.kernel.rxDropped,
        rxRingFull: port.kernel.rxRingFull,
        invalidDescriptor: port.drops.invalidDescriptor,
      },
    ),
  ];
}

function equation(name: string, left: Terms, right: Terms): Equation {
  const sum = (terms: Terms) => Object.values(terms).reduce((all, term) => all + term, 0);
  return { name, left, right, holds: sum(left) === sum(right) };
}
