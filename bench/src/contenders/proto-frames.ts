import { writeUdp } from 'fluxnet-proto';
import type { Settings } from './config.js';

const HEADERS = 14 + 20 + 8;

/** A batch of UDP packets, one in each frame; every other one is to port 53. */
export function udpFrames({ batch, frameSize, packetLength }: Settings): DataView {
  const frames = new Uint8Array(batch * frameSize);
  const mac = Uint8Array.of(2, 0, 0, 0, 0, 1);
  for (let i = 0; i < batch; i++) {
    writeUdp(frames.subarray(i * frameSize), {
      srcMac: mac,
      dstMac: mac,
      srcAddress: 0x0a000001 + i,
      dstAddress: 0x0a000002,
      srcPort: 1024 + i,
      dstPort: 53 + (i & 1),
      payload: new Uint8Array(packetLength - HEADERS),
    });
  }
  return new DataView(frames.buffer);
}
