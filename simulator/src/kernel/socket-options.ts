import { errno } from 'fluxnet-core';
import type { SimSocket } from './socket.js';
import { TX_BUDGET } from './tx-path.js';

// include/uapi/asm-generic/socket.h, include/uapi/linux/if_xdp.h
const SOL_SOCKET = 1;
const SO_ERROR = 4;
const SO_BUSY_POLL = 46;
const SO_BINDTOIFINDEX = 62;
const SO_PREFER_BUSY_POLL = 69;
const SO_BUSY_POLL_BUDGET = 70;
const SOL_XDP = 283;
const XDP_MMAP_OFFSETS = 1;
const XDP_RX_RING = 2;
const XDP_TX_RING = 3;
const XDP_UMEM_REG = 4;
const XDP_UMEM_FILL_RING = 5;
const XDP_UMEM_COMPLETION_RING = 6;
const XDP_STATISTICS = 7;
const XDP_OPTIONS = 8;
const XDP_MAX_TX_SKB_BUDGET = 9;

export const SHARED_RINGS = [XDP_UMEM_FILL_RING, XDP_UMEM_COMPLETION_RING] as const;

const OPTIONS_ZEROCOPY = 1;
const MAX_BUDGET = 65_535;

/** The options of a socket that take an integer (`xsk_setsockopt`, `sk_setsockopt`). */
export class SocketOptionTable {
  readonly #socket: SimSocket;
  /** Kept and reported; who drives the driver makes no difference here. */
  readonly #busyPoll = new Map<number, number>();
  /** Rings that exist, by the option that makes them. */
  readonly #rings = new Set<number>();
  /** `sk_bound_dev_if`: 0 for any. */
  boundIfindex = 0;

  constructor(socket: SimSocket) {
    this.#socket = socket;
    if (socket.rx !== undefined) this.#rings.add(XDP_RX_RING);
    if (socket.tx !== undefined) this.#rings.add(XDP_TX_RING);
    if (socket.queue.owns(socket))
      this.#rings.add(XDP_UMEM_FILL_RING).add(XDP_UMEM_COMPLETION_RING);
  }

  /** Has the socket a ring that the contract has no mapping of, too? */
  hasRing(name: number): boolean {
    return this.#rings.has(name);
  }

  /** 0 or a negative errno. */
  set(level: number, name: number, value: number): number {
    if (level === SOL_SOCKET) return this.#setSocketLevel(name, value);
    if (level !== SOL_XDP) return errno.ENOPROTOOPT;
    switch (name) {
      case XDP_RX_RING:
      case XDP_TX_RING:
      case XDP_UMEM_FILL_RING:
      case XDP_UMEM_COMPLETION_RING:
        return this.#makeRing(name, value >>> 0);
      case XDP_UMEM_REG:
        return errno.EINVAL; // An integer is too short for it.
      case XDP_MAX_TX_SKB_BUDGET:
        return this.#setBudget(value >>> 0);
      default:
        return errno.ENOPROTOOPT;
    }
  }

  /** The value, or a negative errno. */
  get(level: number, name: number): number {
    if (level === SOL_SOCKET) {
      if (name === SO_BINDTOIFINDEX) return this.boundIfindex;
      if (name === SO_ERROR) return Math.abs(this.#socket.socketError());
      return this.#busyPoll.get(name) ?? (isBusyPoll(name) ? 0 : errno.ENOPROTOOPT);
    }
    if (level !== SOL_XDP) return errno.ENOPROTOOPT;
    if (name === XDP_OPTIONS) return this.#socket.zeroCopy ? OPTIONS_ZEROCOPY : 0;
    // An integer is too short for what they give.
    return name === XDP_STATISTICS || name === XDP_MMAP_OFFSETS ? errno.EINVAL : errno.EOPNOTSUPP;
  }

  /** `xsk_init_queue`. The ring is there; nobody can map it. */
  #makeRing(name: number, entries: number): number {
    if (this.#socket.bound) return errno.EBUSY;
    const isPowerOfTwo = entries !== 0 && (entries & (entries - 1)) === 0;
    if (!isPowerOfTwo || this.#rings.has(name)) return errno.EINVAL;
    this.#rings.add(name);
    return 0;
  }

  #setBudget(budget: number): number {
    const { txPath, tx } = this.#socket;
    if (txPath === undefined || budget < TX_BUDGET || budget > tx!.size) return errno.EACCES;
    txPath.budget = budget;
    return 0;
  }

  #setSocketLevel(name: number, value: number): number {
    if (name === SO_BINDTOIFINDEX) return this.#bindToInterface(value);
    if (!isBusyPoll(name)) return errno.ENOPROTOOPT;
    const { rights } = this.#socket.kernel;
    const needsRight =
      name === SO_PREFER_BUSY_POLL
        ? value !== 0
        : name === SO_BUSY_POLL_BUDGET && value > (this.#busyPoll.get(name) ?? 0);
    if (needsRight && !rights.has('CAP_NET_ADMIN')) return errno.EPERM;
    if (name === SO_PREFER_BUSY_POLL && (value < 0 || value > 1)) return errno.EINVAL;
    if (name === SO_BUSY_POLL && value < 0) return errno.EINVAL;
    if (name === SO_BUSY_POLL_BUDGET && (value < 0 || value > MAX_BUDGET)) return errno.EINVAL;
    this.#busyPoll.set(name, value);
    return 0;
  }

  /** `sock_bindtoindex`: the first time is free. */
  #bindToInterface(ifindex: number): number {
    const { rights } = this.#socket.kernel;
    if (this.boundIfindex !== 0 && !rights.has('CAP_NET_RAW')) return errno.EPERM;
    if (ifindex < 0) return errno.EINVAL;
    this.boundIfindex = ifindex;
    return 0;
  }
}

function isBusyPoll(name: number): boolean {
  return name === SO_BUSY_POLL || name === SO_PREFER_BUSY_POLL || name === SO_BUSY_POLL_BUDGET;
}
