import type { Program, ProgramCounters, SocketStatistics } from 'fluxnet-core';
import type { QueueParts } from '../datapath/port-queue.js';
import { type RingLevels, ringLevels } from '../datapath/stats.js';
import type { PollerStats } from '../polling/poll-meter.js';

export interface RawStats {
  readonly ifname: string;
  readonly queueId: number;
  readonly kicks: number;
  readonly kernel: SocketStatistics;
  readonly program: ProgramCounters;
  readonly rings: RingLevels;
  readonly poller: PollerStats;
}

export function rawStats(parts: QueueParts, program: Program): Omit<RawStats, 'poller' | 'kicks'> {
  const { socket } = parts;
  return {
    ifname: socket.queue.ifname,
    queueId: socket.queue.queueId,
    kernel: socket.statistics(),
    program: program.counters(),
    rings: ringLevels(parts),
  };
}
