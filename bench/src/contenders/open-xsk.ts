import { kernelBackend, Umem, Xsk } from 'fluxnet-core';
import type { ContenderConfig } from './config.js';

/** A socket on the first interface, with memory of its own in pages of 4 KiB, as the C side has. */
export async function openXsk({ interfaces, settings }: ContenderConfig): Promise<Xsk> {
  const { frameCount, frameSize, ringSize } = settings;
  const umem = await Umem.open(kernelBackend, { frameCount, frameSize, pages: '4k' });
  return Xsk.open(umem, {
    ifname: interfaces[0]!,
    rxRingSize: ringSize,
    txRingSize: ringSize,
    fillRingSize: ringSize,
    completionRingSize: ringSize,
  });
}

export function copyMode({ socket }: Xsk): string {
  return socket.zeroCopy ? 'zerocopy' : 'copy';
}
