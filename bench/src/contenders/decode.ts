import { decodeLayers, Layers } from 'fluxnet-proto';
import type { ContenderConfig } from './config.js';
import type { SpinJob } from './job.js';
import { udpFrames } from './proto-frames.js';

/** Decodes one batch of UDP packets again and again. */
export function openDecode({ settings }: ContenderConfig): SpinJob {
  const { batch, frameSize, packetLength } = settings;
  const view = udpFrames(settings);
  const layers = new Layers();
  let packets = 0;
  let kept = 0; // So that the work is not optimised away.
  return {
    modes: {},
    pass: () => {
      for (let i = 0; i < batch; i++) {
        decodeLayers(view, i * frameSize, packetLength, layers);
        kept ^= layers.dstPort;
      }
      packets += batch;
    },
    drain: () => false,
    counts: () => ({ packets, bytes: packets * packetLength + (kept & 0) }),
    close: () => {},
  };
}
