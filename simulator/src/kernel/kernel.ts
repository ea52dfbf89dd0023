import { errno, FluxError } from 'fluxnet-core';
import type { Scheduler } from '../time/scheduler.js';
import { CallFaults } from './call-faults.js';
import { ALL_CAPABILITIES, Rights } from './capabilities.js';
import { LinkWatches } from './link-watches.js';
import { Memlock } from './memlock.js';
import type { NetDevice } from './net-device.js';
import type { SimPollSet } from './poll-set.js';
import type { KernelProfile } from './profile.js';
import type { SimSocket } from './socket.js';
import { Trace } from './trace.js';

export interface KernelOptions {
  readonly scheduler: Scheduler;
  /** The only source of chance: numbers from 0 up to, not including, 1. */
  readonly random: () => number;
  readonly profile: KernelProfile;
}

/** What belongs to the simulated machine as a whole. */
export class Kernel {
  readonly scheduler: Scheduler;
  readonly random: () => number;
  readonly profile: KernelProfile;
  readonly rights = new Rights(ALL_CAPABILITIES);
  readonly memlock = new Memlock(this);
  readonly faults = new CallFaults();
  readonly trace: Trace;
  /** By name, in order of index. */
  readonly devices = new Map<string, NetDevice>();
  /** Open poll sets by interrupt token. */
  readonly pollSets = new Map<number, SimPollSet>();
  readonly linkWatches: LinkWatches;
  /** Sockets that received in this NAPI poll (`bpf_net_ctx_get_xskmap_flush_list`). */
  readonly #flushList: SimSocket[] = [];
  #lastId = 0;
  #lastIfindex = 0;

  constructor(options: KernelOptions) {
    this.scheduler = options.scheduler;
    this.random = options.random;
    this.profile = options.profile;
    this.trace = new Trace(options.scheduler);
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

  /** What the kernel leaves to a work queue when something is closed. */
  releaseLater(release: () => void): void {
    const { releaseDelayNs } = this.profile;
    if (releaseDelayNs === 0) release();
    else this.scheduler.after(releaseDelayNs, release);
  }

  /** The socket has frames to show at the end of the poll. */
  flushAtEndOfPoll(socket: SimSocket): void {
    if (socket.flushPending) return;
    socket.flushPending = true;
    this.#flushList.push(socket);
  }

  /** `__xsk_map_flush`: a NAPI poll ends. */
  endPoll(): void {
    const list = this.#flushList;
    for (let i = 0; i < list.length; i++) {
      const socket = list[i]!;
      socket.flushPending = false;
      socket.flush();
    }
    list.length = 0;
  }
}
