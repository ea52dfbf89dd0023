import type { Snapshot } from '../health/conservation.js';
import type { PollerStats } from '../polling/poll-meter.js';

export interface EngineStats extends Snapshot {
  readonly poller: PollerStats;
  /** Batches that the handler failed on. */
  readonly handlerErrors: number;
}
