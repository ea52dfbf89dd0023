import type { Queue } from './contract/queue.js';
import type { BindOptions } from './contract/socket.js';
import type { UmemRegistration } from './contract/umem.js';
import { FluxError } from './errors.js';

/** What the first queue of a registration decides for those that come after it. */
export type BoundModes = Pick<BindOptions, 'needWakeup' | 'multiBuffer'>;

interface BoundQueue {
  readonly queue: Queue;
  readonly modes: BoundModes;
}

const boundQueues = new WeakMap<UmemRegistration, BoundQueue[]>();

/**
 * Notes a bound queue. A queue that shares a registration with one that is bound already inherits
 * its modes and ignores its own flags (`xsk_bind`, `xp_assign_dev_shared`, net/xdp).
 * @returns what holds
 * @throws {FluxError} `FLUX_UNSUPPORTED` when packets of several buffers were asked for, and are off
 */
export function noteBound(queue: Queue, wanted: BoundModes): BoundModes {
  const others = (boundQueues.get(queue.umem) ?? []).filter((other) => isOpen(other.queue));
  const inherited = others[0]?.modes;
  if (wanted.multiBuffer && inherited?.multiBuffer === false) throw offFor(queue, others[0]!.queue);
  const { needWakeup, multiBuffer } = inherited ?? wanted;
  const modes = { needWakeup, multiBuffer };
  boundQueues.set(queue.umem, [...others, { queue, modes }]);
  return modes;
}

function isOpen({ fill }: Queue): boolean {
  return fill.buffer.byteLength > 0;
}

function offFor({ ifname, queueId }: Queue, first: Queue): FluxError {
  return new FluxError(
    'FLUX_UNSUPPORTED',
    `${ifname} queue ${queueId} shares a UMEM with ${first.ifname} queue ${first.queueId}, ` +
      'which was bound without multiBuffer',
    {
      hint: 'set multiBuffer for the first queue of the UMEM, or open this on umem.registerAgain()',
      context: { ifname, queueId, multiBuffer: true },
    },
  );
}
