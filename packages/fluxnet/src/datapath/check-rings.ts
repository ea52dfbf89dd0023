import { FluxError } from 'fluxnet-core';
import type { PortQueue } from './port-queue.js';

/** @throws {FluxError} `FLUX_RING_CORRUPT` when indices of a ring are not possible */
export function checkRings(queues: readonly PortQueue[]): void {
  for (const { corruptRing: ring, ifname, queueId } of queues) {
    if (ring === undefined) continue;
    throw new FluxError(
      'FLUX_RING_CORRUPT',
      `the ${ring} ring of ${ifname} queue ${queueId} has indices that cannot be`,
      { hint: 'something else writes to this memory', context: { ifname, queueId, ring } },
    );
  }
}
