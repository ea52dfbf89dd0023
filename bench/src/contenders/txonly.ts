import { errno } from 'fluxnet-core';
import { writeUdp } from 'fluxnet-proto';
import type { ContenderConfig } from './config.js';
import type { SpinJob } from './job.js';
import { openXsk, xskModes } from './open-xsk.js';

/** More kicks than this wait for a pass, as in the C program. */
const MAX_KICKS = 128;
const HEADERS = 14 + 20 + 8;

/** Sends the same UDP packet over and over. */
export async function openTxonly(config: ContenderConfig): Promise<SpinJob> {
  const xsk = await openXsk(config);
  const { umem, completion, socket } = xsk;
  const tx = xsk.tx!; // Opened with both rings.
  const { batch, packetLength, frameCount, frameSize } = config.settings;
  for (let i = 0; i < frameCount; i++) {
    writeUdp(umem.bytes.subarray(i * frameSize), {
      srcMac: Uint8Array.of(2, 0, 0, 0, 0, 1),
      dstMac: Uint8Array.of(2, 0, 0, 0, 0, 2),
      srcAddress: 0x0a000001,
      dstAddress: 0x0a000002,
      srcPort: 1000,
      dstPort: 2000,
      payload: new Uint8Array(packetLength - HEADERS),
    });
  }

  let packets = 0;
  let outstanding = 0;
  let flushPending = false;
  const collect = (): number => {
    const count = completion.peek(completion.size);
    for (let i = 0; i < count; i++) umem.frames.give(completion.address(i));
    completion.release(count);
    outstanding -= count;
    packets += count;
    return count;
  };
  const flush = (): void => {
    if (!flushPending) return;
    if (!tx.needsWakeup) {
      flushPending = false;
      return;
    }
    for (let kicks = 0; kicks < MAX_KICKS; kicks++) {
      const before = tx.pending;
      const result = socket.kick();
      if (result === 0) {
        flushPending = false;
        return;
      }
      if (result === errno.EAGAIN) {
        if (collect() === 0 && tx.pending === before) return;
      } else if (result !== errno.EBUSY) {
        return; // A device drop is completed as well; anything else waits for the next pass.
      }
    }
  };
  return {
    modes: xskModes(xsk),
    pass: () => {
      collect();
      const count = tx.reserve(Math.min(batch, umem.frames.free));
      for (let i = 0; i < count; i++) tx.setDescriptor(i, umem.frames.take(), packetLength, 0);
      if (count > 0) {
        tx.submit(count);
        outstanding += count;
        flushPending = true;
      }
      flush();
    },
    drain: () => {
      flush();
      collect();
      return outstanding > 0;
    },
    counts: () => ({ packets, bytes: packets * packetLength }),
    close: () => umem.close(),
  };
}
