import { compileFilter } from 'fluxnet-proto';
import type { ContenderConfig } from './config.js';
import type { SpinJob } from './job.js';
import { udpFrames } from './proto-frames.js';

/** Filters one batch of packets, again and again. Half of them match, the others nearly. */
export function openFilter({ settings }: ContenderConfig): SpinJob {
  const { batch, frameSize, packetLength } = settings;
  const view = udpFrames(settings);
  const matches = compileFilter('udp and port 53');
  let packets = 0;
  let kept = 0; // So that the work is not optimised away.
  return {
    modes: {},
    pass: () => {
      for (let i = 0; i < batch; i++) {
        if (matches(view, i * frameSize, packetLength)) kept++;
      }
      packets += batch;
    },
    drain: () => false,
    counts: () => ({ packets, bytes: packets * packetLength + (kept & 0) }),
    close: () => {},
  };
}
