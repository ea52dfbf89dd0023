import type { FrameLedger } from '../datapath/frame-ledger.js';
import type { PortStats } from '../datapath/stats.js';
import type { PollerStats } from '../polling/poll-meter.js';

export interface EngineStats {
  readonly ports: readonly PortStats[];
  readonly frames: FrameLedger;
  readonly poller: PollerStats;
  /** Batches that the handler failed on. */
  readonly handlerErrors: number;
}
