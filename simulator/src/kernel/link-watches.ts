import { type LinkEvent, type LinkState, type LinkWatch, linkChanges } from 'fluxnet-core';
import type { Kernel } from './kernel.js';

/** Who listens to link events (`RTNLGRP_LINK`), and what they know of each interface. */
export class LinkWatches {
  readonly #kernel: Kernel;
  readonly #listeners = new Set<(event: LinkEvent) => void>();
  readonly #links = new Map<number, LinkState>();

  constructor(kernel: Kernel) {
    this.#kernel = kernel;
  }

  open(listener: (event: LinkEvent) => void): LinkWatch {
    // The same function may listen twice, and each watch ends by itself.
    const own = (event: LinkEvent) => listener(event);
    this.#listeners.add(own);
    return {
      overruns: 0, // Nothing is lost here: there is no buffer that could be full.
      close: () => {
        this.#listeners.delete(own);
      },
    };
  }

  /** Something may have changed. Listeners are told in a turn of their own. */
  update(): void {
    const now = new Map<number, LinkState>();
    for (const { ifname, ifindex, up, running, mtu } of this.#kernel.devices.values()) {
      now.set(ifindex, { ifname, ifindex, up, running, mtu });
    }
    const indices = new Set([...this.#links.keys(), ...now.keys()]);
    const events = [...indices].flatMap((ifindex) =>
      linkChanges(this.#links.get(ifindex), now.get(ifindex)),
    );
    this.#links.clear();
    for (const [ifindex, state] of now) this.#links.set(ifindex, state);
    const listeners = [...this.#listeners]; // Who comes later does not hear of it.
    if (events.length === 0 || listeners.length === 0) return;
    this.#kernel.scheduler.after(this.#kernel.profile.turnNs, () => {
      for (const event of events) {
        for (const listener of listeners) {
          if (this.#listeners.has(listener)) listener(event);
        }
      }
    });
  }
}
