/** Monotonic since the job was opened; a report subtracts what they were at the start. */
export interface Counts {
  readonly packets: number;
  readonly bytes: number;
}

export interface Job {
  /** The modes that really hold, for the `ready` line. */
  readonly modes: Readonly<Record<string, unknown>>;
  start(): void;
  /** Ends the work, with what is on its way out. */
  stop(): Promise<void>;
  counts(): Counts;
  close(): void | Promise<void>;
}

/** A job that is one pass after the other, and never waits. */
export interface SpinJob {
  readonly modes: Readonly<Record<string, unknown>>;
  pass(): void;
  /** Returns whether something is still on its way out. */
  drain(): boolean;
  counts(): Counts;
  close(): void;
}

/** How long passes keep the thread before standard input gets its turn. */
const TURN_MS = 1;
const PASSES_PER_LOOK = 16;
const DRAIN_MS = 100;

export function spin(job: SpinJob): Job {
  let running = false;
  const turn = () => {
    if (!running) return;
    const end = performance.now() + TURN_MS;
    do {
      for (let i = 0; i < PASSES_PER_LOOK; i++) job.pass();
    } while (performance.now() < end);
    setImmediate(turn);
  };
  return {
    modes: job.modes,
    start: () => {
      running = true;
      setImmediate(turn);
    },
    stop: async () => {
      running = false;
      const limit = performance.now() + DRAIN_MS;
      while (job.drain() && performance.now() < limit);
    },
    counts: () => job.counts(),
    close: () => job.close(),
  };
}
