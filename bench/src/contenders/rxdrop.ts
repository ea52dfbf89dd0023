import { kernelBackend } from 'fluxnet-core';
import type { ContenderConfig } from './config.js';
import type { SpinJob } from './job.js';
import { openXsk, xskModes } from './open-xsk.js';

/** Receives and gives the frame straight back: RX ring to fill ring. */
export async function openRxdrop(config: ContenderConfig): Promise<SpinJob> {
  const xsk = await openXsk(config);
  const { umem, fill, socket } = xsk;
  const rx = xsk.rx!; // Opened with both rings.
  const posted = fill.reserve(Math.min(fill.size, umem.frames.free));
  for (let i = 0; i < posted; i++) fill.setAddress(i, umem.frames.take());
  fill.submit(posted);
  const { ifname } = xsk.queue;
  const source = { kind: 'redirect' } as const;
  const program = kernelBackend.openProgram({ ifname, attachMode: 'native', maxQueues: 1, source });
  program.setSocket(socket);

  const { batch } = config.settings;
  let packets = 0;
  let bytes = 0;
  return {
    modes: { ...xskModes(xsk), attachMode: program.attachMode },
    pass: () => {
      const count = rx.peek(batch);
      if (count > 0) {
        // The fill ring holds every frame posted, but the kernel's index may lag for a moment.
        let reserved = fill.reserve(count);
        while (reserved < count) reserved += fill.reserve(count - reserved);
        for (let i = 0; i < count; i++) {
          bytes += rx.length(i);
          fill.setAddress(i, rx.address(i));
        }
        rx.release(count);
        fill.submit(count);
        packets += count;
      }
      if (fill.needsWakeup) socket.wakeRx();
    },
    drain: () => false,
    counts: () => ({ packets, bytes }),
    close: () => {
      program.close();
      umem.close();
    },
  };
}
