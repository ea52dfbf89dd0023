import { kernelBackend, Umem, Xsk, type XskOpenOptions } from 'fluxnet-core';
import type { ContenderConfig, Settings } from './config.js';

/** The socket's part of the settings. */
export function xskOptions(ifname: string, { ringSize }: Settings): XskOpenOptions {
  return {
    ifname,
    rxRingSize: ringSize,
    txRingSize: ringSize,
    fillRingSize: ringSize,
    completionRingSize: ringSize,
  };
}

/** A socket on the first interface, with memory of its own in pages of 4 KiB, as the C side has. */
export async function openXsk({ interfaces, settings }: ContenderConfig): Promise<Xsk> {
  const { frameCount, frameSize } = settings;
  const umem = await Umem.open(kernelBackend, { frameCount, frameSize, pages: '4k' });
  return Xsk.open(umem, xskOptions(interfaces[0]!, settings));
}

/** What really holds, in the C program's words. */
export function xskModes({ effective }: Xsk): Readonly<Record<string, unknown>> {
  const { copyMode, needWakeup, txBudget } = effective;
  return { copyMode, needWakeup, txBudget };
}
