/** Slots of a queue's counters. A typed array, because counting must not allocate. */
export const Counter = {
  rxPackets: 0,
  rxBytes: 1,
  /** Descriptors received: more than packets where a packet has several. */
  rxFrames: 2,
  txPackets: 3,
  txBytes: 4,
  txFrames: 5,
  /** Frames that came back from being sent. */
  completed: 6,
  /** Frames given to the kernel to receive into. */
  filled: 7,
  kicks: 8,
  /** Calls that woke a driver which had run out of frames to receive into. */
  rxWakeups: 9,
  /** Dropped because nobody sent it anywhere. */
  dropHandler: 10,
  /** Dropped because the handler failed on its batch. */
  dropHandlerError: 11,
  /** Dropped because the egress port's TX ring, or its share of the frames, was used up. */
  dropTxRingFull: 12,
  /** Dropped by the device after a kick; completed all the same. */
  dropDevice: 13,
  /** Packets with a descriptor that points outside the memory, or with too many of them. */
  dropInvalidDescriptor: 14,
  /** Frames that such descriptors were to hold; they are not used again. */
  quarantined: 15,
  /** Completions of addresses that cannot have been sent. */
  invalidCompletions: 16,
  /** Packets that users sent themselves, not by a batch. */
  sent: 17,
  /** Packets taken out of their batch, to be kept. */
  taken: 18,
} as const;

const COUNTER_COUNT = Object.keys(Counter).length;

/** Behind the counters: batches by size, 1, 2, 3–4, 5–8, … 129–256 packets. */
export const BATCH_SIZES = COUNTER_COUNT;
export const BATCH_SIZE_BUCKETS = 9;

/** Slots that a queue's counters need altogether. */
export const COUNTER_SLOTS = BATCH_SIZES + BATCH_SIZE_BUCKETS;

/** The slot of a batch of 1 to 256 packets. */
export function batchSizeSlot(packets: number): number {
  return BATCH_SIZES + 32 - Math.clz32(packets - 1);
}
