import { decodeLayers, Layers, writeUdp } from 'fluxnet-proto';
import type { ContenderConfig } from './config.js';
import type { SpinJob } from './job.js';

const HEADERS = 14 + 20 + 8;

/** Decodes one batch of UDP packets again and again. */
export function openDecode({ settings }: ContenderConfig): SpinJob {
  const { batch, frameSize, packetLength } = settings;
  const frames = new Uint8Array(batch * frameSize);
  const view = new DataView(frames.buffer);
  const layers = new Layers();
  const mac = Uint8Array.of(2, 0, 0, 0, 0, 1);
  for (let i = 0; i < batch; i++) {
    writeUdp(frames.subarray(i * frameSize), {
      srcMac: mac,
      dstMac: mac,
      srcAddress: 0x0a000001 + i,
      dstAddress: 0x0a000002,
      srcPort: 1024 + i,
      dstPort: 53,
      payload: new Uint8Array(packetLength - HEADERS),
    });
  }
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
