import { errno, FluxError } from 'fluxnet-core';
import type { Scheduler } from '../time/scheduler.js';
import { LinkWatches } from './link-watches.js';
import type { NetDevice } from './net-device.js';
import type { SimPollSet } from './poll-set.js';

export interface KernelOptions {
  readonly scheduler: Scheduler;
  /** First value of the indices of every ring. */
  readonly startIndex: number;
  /** Time between the close of a queue and the moment it can be bound again. */
  readonly releaseDelayNs: number;
  /** Time that one turn of an event loop takes. */
  readonly turnNs: number;
}

/** What belongs to the simulated machine as a whole. */
export class Kernel {
  readonly scheduler: Scheduler;
  readonly startIndex: number;
  readonly releaseDelayNs: number;
  readonly turnNs: number;
  /** By name, in order of index. */
  readonly devices = new Map<string, NetDevice>();
  /** Open poll sets by interrupt token. */
  readonly pollSets = new Map<number, SimPollSet>();
  readonly linkWatches: LinkWatches;
  #lastId = 0;
  #lastIfindex = 0;

  constructor(options: KernelOptions) {
    this.scheduler = options.scheduler;
    this.startIndex = options.startIndex;
    this.releaseDelayNs = options.releaseDelayNs;
    this.turnNs = options.turnNs;
    this.linkWatches = new LinkWatches(this);
  }

  /** A number never used before: program ids, tokens. */
  nextId(): number {
    this.#lastId++;
    return this.#lastId;
  }

  /** Indices are not used again (`dev_new_index`). */
  nextIfindex(): number {
    this.#lastIfindex++;
    return this.#lastIfindex;
  }

  device(ifname: string): NetDevice {
    const device = this.devices.get(ifname);
    if (device === undefined) {
      throw new FluxError('FLUX_UNKNOWN_INTERFACE', `no interface is named ${ifname}`, {
        errno: errno.ENODEV,
        hint: `the network has: ${[...this.devices.keys()].join(', ') || 'no interfaces'}`,
        context: { ifname },
      });
    }
    return device;
  }
}
