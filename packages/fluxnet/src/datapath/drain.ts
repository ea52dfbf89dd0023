import type { Clock } from 'fluxnet-core';
import type { PacketLoop } from './packet-loop.js';

const DRAIN_LIMIT_MS = 100;

/** Waits for frames on their way out, for a while: an interface that is down keeps them. */
export async function drain(clock: Clock, loop: PacketLoop): Promise<void> {
  const limit = clock.now() + DRAIN_LIMIT_MS;
  while (loop.sending && clock.now() < limit) {
    loop.flush();
    loop.collect();
    await clock.sleep(1);
  }
}
