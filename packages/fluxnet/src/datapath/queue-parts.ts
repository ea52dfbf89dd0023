import type { FramePool, Umem, Xsk } from 'fluxnet-core';
import {
  CheckedCompletionRing,
  CheckedFillRing,
  CheckedFramePool,
  CheckedRxRing,
  CheckedTxRing,
} from '../debug/checked-rings.js';
import { FrameOwners } from '../debug/frame-owners.js';
import type { QueueParts } from './port-queue.js';

/** The pool of a memory, and in debug mode who owns its frames. */
export interface Frames {
  readonly pool: FramePool;
  readonly owners: FrameOwners | undefined;
}

export function framesOf({ frames, bytes }: Umem, debug: boolean): Frames {
  if (!debug) return { pool: frames, owners: undefined };
  const owners = new FrameOwners(frames.frameCount, frames.frameSize);
  return { pool: new CheckedFramePool(frames, bytes, owners), owners };
}

/** The rings of a socket that has both of them, checked in debug mode. */
export function queueParts(xsk: Xsk, { pool, owners }: Frames): QueueParts {
  const { socket, queue, umem, txMetadata, effective } = xsk;
  const { unaligned } = umem.registration;
  return {
    socket,
    ...(owners === undefined
      ? { rx: xsk.rx!, tx: xsk.tx!, fill: xsk.fill, completion: xsk.completion }
      : {
          rx: new CheckedRxRing(socket.rx!, unaligned, owners),
          tx: new CheckedTxRing(socket.tx!, txMetadata, owners),
          fill: new CheckedFillRing(queue.fill, owners),
          completion: new CheckedCompletionRing(queue.completion, unaligned, owners),
        }),
    frames: pool,
    // Huge pages may round the memory up; frames end here.
    memorySize: pool.frameCount * pool.frameSize,
    multiBuffer: effective.multiBuffer,
  };
}
