import { errno, FluxError } from 'fluxnet-core';
import type { CapabilityName } from './profile.js';

export const ALL_CAPABILITIES: readonly CapabilityName[] = [
  'CAP_NET_RAW',
  'CAP_NET_ADMIN',
  'CAP_BPF',
  'CAP_IPC_LOCK',
];

/** The rights of the simulated process. Possession of an open object is all that using it needs. */
export class Rights {
  #held: ReadonlySet<CapabilityName>;

  constructor(held: readonly CapabilityName[]) {
    this.#held = new Set(held);
  }

  has(name: CapabilityName): boolean {
    return this.#held.has(name);
  }

  /** `capset`: from now on only these. */
  keep(held: readonly CapabilityName[]): void {
    this.#held = new Set(held);
  }

  /** @throws {FluxError} `FLUX_PERMISSION` with EPERM, when one of them is missing */
  demand(syscall: string, doing: string, ...names: readonly CapabilityName[]): void {
    const missing = names.filter((name) => !this.has(name));
    if (missing.length === 0) return;
    throw new FluxError('FLUX_PERMISSION', `could not ${doing}: no ${missing.join(', ')}`, {
      errno: errno.EPERM,
      syscall,
      hint: 'the simulated process was given fewer rights: net.setCapabilities([…])',
      context: { missing },
    });
  }
}
