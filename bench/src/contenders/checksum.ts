import { internetChecksum } from 'fluxnet-proto';
import type { ContenderConfig } from './config.js';
import type { SpinJob } from './job.js';
import { udpFrames } from './proto-frames.js';

/** The Internet checksum of one batch of packets, again and again. */
export function openChecksum({ settings }: ContenderConfig): SpinJob {
  const { batch, frameSize, packetLength } = settings;
  const view = udpFrames(settings);
  let packets = 0;
  let kept = 0; // So that the work is not optimised away.
  return {
    modes: {},
    pass: () => {
      for (let i = 0; i < batch; i++) kept ^= internetChecksum(view, i * frameSize, packetLength);
      packets += batch;
    },
    drain: () => false,
    counts: () => ({ packets, bytes: packets * packetLength + (kept & 0) }),
    close: () => {},
  };
}
