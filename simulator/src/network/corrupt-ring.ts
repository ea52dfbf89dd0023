import type { RingRegion } from 'fluxnet-core';

/** Ways in which somebody can write over a ring's shared memory. */
export type RingCorruption =
  /** The producer is three rings ahead: the kernel takes stale slots again. */
  | 'producer-ahead'
  /** The producer moves back by one: it looks like four billion entries. */
  | 'producer-behind'
  /** The consumer is beyond the producer. */
  | 'consumer-ahead'
  /** The consumer moves back by more than the ring holds. */
  | 'consumer-behind'
  /** Every address is all ones. */
  | 'addresses'
  /** Both indices are as if they had come far around. */
  | 'indices';

/**
 * Writes over a ring's memory, as a program gone wrong would: neither kernel reports that. The
 * checks above the contract have to notice, and stop the socket.
 */
export function corruptRing(region: RingRegion, how: RingCorruption): void {
  const words = new Int32Array(region.buffer);
  const [producer, consumer] = [region.producerOffset >> 2, region.consumerOffset >> 2];
  switch (how) {
    case 'producer-ahead':
      words[producer]! += 3 * region.size;
      break;
    case 'producer-behind':
      words[producer]! -= 1;
      break;
    case 'consumer-ahead':
      words[consumer] = words[producer]! + 1;
      break;
    case 'consumer-behind':
      words[consumer] = words[producer]! - region.size - 1;
      break;
    case 'addresses':
      words.fill(-1, region.descriptorOffset >> 2);
      break;
    case 'indices':
      words[producer]! ^= 0x5555_5555;
      words[consumer]! ^= 0x2aaa_aaaa;
  }
}
