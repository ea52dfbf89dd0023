import type { ProgramCounters, SocketStatistics } from 'fluxnet-core';
import { BATCH_SIZE_BUCKETS, BATCH_SIZES, Counter } from './counters.js';
import type { Port } from './open-ports.js';
import type { PortQueue, QueueParts } from './port-queue.js';

/** Entries in use, of the ring's size. */
export interface RingLevel {
  readonly used: number;
  readonly size: number;
}

export interface RingLevels {
  readonly rx: RingLevel;
  readonly tx: RingLevel;
  readonly fill: RingLevel;
  readonly completion: RingLevel;
}

/** Packets that ended here, by reason; of the queues they were received or sent on. */
export interface Drops {
  /** Nobody sent it anywhere. */
  readonly handler: number;
  /** Its batch's handler failed. */
  readonly handlerError: number;
  readonly txRingFull: number;
  readonly device: number;
  readonly invalidDescriptor: number;
}

/** What a queue has done; the sum of its queues for a port. */
export interface TrafficStats {
  readonly rxPackets: number;
  readonly rxBytes: number;
  /** Descriptors received: more than packets with `multiBuffer`. */
  readonly rxFrames: number;
  /** Handed to the TX ring. `txFrames = completed + txOutstanding`. */
  readonly txPackets: number;
  readonly txBytes: number;
  readonly txFrames: number;
  readonly completed: number;
  readonly txOutstanding: number;
  /** Of them, sent by users themselves: bytes, and packets that they held. */
  readonly sent: number;
  /** Taken out of their batch, to be kept. */
  readonly taken: number;
  /** System calls: `sendto` and `recvfrom`. */
  readonly kicks: number;
  readonly rxWakeups: number;
  readonly drops: Drops;
  /** Batches of 1, 2, 3–4, 5–8, … 129–256 packets. */
  readonly batchSizes: readonly number[];
  readonly kernel: SocketStatistics;
  readonly rings: RingLevels;
}

export interface QueueStats extends TrafficStats {
  readonly queueId: number;
}

export interface PortStats extends TrafficStats {
  readonly ifname: string;
  readonly program: ProgramCounters;
  readonly queues: readonly QueueStats[];
}

export function portStats({ ifname, program, queues }: Port): PortStats {
  const stats = queues.map(queueStats);
  const { queueId, ...total } = stats.reduce(addFigures);
  return { ifname, ...total, program: program.counters(), queues: stats };
}

function queueStats(queue: PortQueue): QueueStats {
  const { counters, parts } = queue;
  return {
    queueId: queue.queueId,
    rxPackets: counters[Counter.rxPackets]!,
    rxBytes: counters[Counter.rxBytes]!,
    rxFrames: counters[Counter.rxFrames]!,
    txPackets: counters[Counter.txPackets]!,
    txBytes: counters[Counter.txBytes]!,
    txFrames: counters[Counter.txFrames]!,
    completed: counters[Counter.completed]!,
    txOutstanding: queue.txOutstanding,
    sent: counters[Counter.sent]!,
    taken: counters[Counter.taken]!,
    kicks: counters[Counter.kicks]!,
    rxWakeups: counters[Counter.rxWakeups]!,
    drops: {
      handler: counters[Counter.dropHandler]!,
      handlerError: counters[Counter.dropHandlerError]!,
      txRingFull: counters[Counter.dropTxRingFull]!,
      device: counters[Counter.dropDevice]!,
      invalidDescriptor: counters[Counter.dropInvalidDescriptor]!,
    },
    batchSizes: [...counters.subarray(BATCH_SIZES, BATCH_SIZES + BATCH_SIZE_BUCKETS)],
    kernel: parts.socket.statistics(),
    rings: ringLevels(parts),
  };
}

export function ringLevels({ rx, tx, fill, completion }: QueueParts): RingLevels {
  return { rx: level(rx), tx: level(tx), fill: level(fill), completion: level(completion) };
}

function level(ring: { readonly pending: number; readonly size: number }): RingLevel {
  return { used: ring.pending, size: ring.size };
}

/** Adds two objects of the same shape, number by number. */
export function addFigures<T>(a: T, b: T): T {
  if (typeof a === 'number') return (a + (b as number)) as T;
  if (Array.isArray(a)) return a.map((value, i) => addFigures(value, (b as unknown[])[i])) as T;
  if (a === null || typeof a !== 'object') return a;
  return Object.fromEntries(
    Object.entries(a).map(([key, value]) => [key, addFigures(value, b[key as keyof T])]),
  ) as T;
}
