/** Slots of a port's counters. A typed array, because counting must not allocate. */
export const Counter = {
  rxPackets: 0,
  rxBytes: 1,
  txPackets: 2,
  txBytes: 3,
  completed: 4,
  filled: 5,
  kicks: 6,
  /** Dropped because the handler did not forward. */
  dropHandler: 7,
  /** Dropped because the egress port's TX ring, or its share of the frames, was used up. */
  dropTxRingFull: 8,
  /** Dropped by the device after a kick; completed all the same. */
  dropDevice: 9,
  /** Descriptors of the kernel that point outside the memory; their frames are not used again. */
  dropInvalidDescriptor: 10,
  /** Completions of addresses that cannot have been sent. */
  invalidCompletions: 11,
} as const;

export const COUNTER_COUNT = Object.keys(Counter).length;
