import { CompletionRing, FillRing, type RingRegion, RxRing, TxRing } from 'fluxnet-core';
import type { ContenderConfig } from './config.js';
import type { SpinJob } from './job.js';

/** Both ends of two rings in ordinary memory, in one thread: what ring accesses cost when hot. */
export function openRingPass({ settings }: ContenderConfig): SpinJob {
  const { batch, frameSize, packetLength, ringSize } = settings;
  const descriptors = ringRegion(ringSize, 16);
  const addresses = ringRegion(ringSize, 8);
  const tx = new TxRing(descriptors);
  const rx = new RxRing(descriptors);
  const fill = new FillRing(addresses);
  const completion = new CompletionRing(addresses);
  let packets = 0;
  let bytes = 0;
  let kept = 0; // So that the reads are not optimised away.
  return {
    modes: {},
    pass: () => {
      const sent = tx.reserve(batch);
      for (let i = 0; i < sent; i++) tx.setDescriptor(i, i * frameSize, packetLength, 0);
      tx.submit(sent);
      const received = rx.peek(batch);
      const filled = fill.reserve(received);
      for (let i = 0; i < received; i++) {
        bytes += rx.length(i);
        fill.setAddress(i, rx.address(i));
      }
      rx.release(received);
      fill.submit(filled);
      const done = completion.peek(batch);
      for (let i = 0; i < done; i++) kept ^= completion.address(i);
      completion.release(done);
      packets += received;
    },
    drain: () => false,
    counts: () => ({ packets, bytes: bytes + (kept & 0) }),
    close: () => {},
  };
}

/** Laid out as the kernel lays its rings out on x86-64 (Linux 6.18). */
function ringRegion(size: number, entryBytes: number): RingRegion {
  return {
    buffer: new ArrayBuffer(320 + size * entryBytes),
    producerOffset: 0,
    consumerOffset: 128,
    flagsOffset: 196,
    descriptorOffset: 320,
    size,
  };
}
