/**
 * Sets of defaults. Every option that is given wins over them; without a preset the values are
 * those of `default`.
 */
export interface PresetValues {
  /** Entries of each of the four rings of every queue. */
  readonly ringSize: number;
  /** Frames per queue of every port; all of them together are the memory's. */
  readonly framesPerQueue: number;
  readonly batchSize: number;
  readonly poller: 'busy' | 'wait' | 'adaptive';
  readonly spinUs: number;
}

export const presets = {
  /** 8 MiB per queue, which a second-level cache still holds for the most part. */
  default: {
    ringSize: 2048,
    framesPerQueue: 4096,
    batchSize: 64,
    poller: 'adaptive',
    spinUs: 50,
  },
  /** Large batches, deep rings, and a thread that stays awake between bursts. */
  throughput: {
    ringSize: 4096,
    framesPerQueue: 16384,
    batchSize: 256,
    poller: 'adaptive',
    spinUs: 200,
  },
  /** Small batches, short queues, and a thread that never sleeps. */
  latency: {
    ringSize: 512,
    framesPerQueue: 2048,
    batchSize: 16,
    poller: 'busy',
    spinUs: 50,
  },
  /** 512 KiB per queue and no work while idle: tools, tests, small machines. */
  small: {
    ringSize: 64,
    framesPerQueue: 256,
    batchSize: 16,
    poller: 'wait',
    spinUs: 0,
  },
} as const satisfies Record<string, PresetValues>;

export type Preset = Exclude<keyof typeof presets, 'default'>;
