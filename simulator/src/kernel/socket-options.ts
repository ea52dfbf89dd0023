import { errno } from 'fluxnet-core';
import type { SimSocket } from './socket.js';
import { TX_BUDGET } from './tx-path.js';

// include/uapi/asm-generic/socket.h, include/uapi/linux/if_xdp.h
const SOL_SOCKET = 1;
const SO_ERROR = 4;
const SO_BUSY_POLL = 46;
const SO_PREFER_BUSY_POLL = 69;
const SO_BUSY_POLL_BUDGET = 70;
const SOL_XDP = 283;
const XDP_OPTIONS = 8;
const XDP_MAX_TX_SKB_BUDGET = 9;

const OPTIONS_ZEROCOPY = 1;
const MAX_BUDGET = 65_535;

/** The options of a socket that take an integer (`xsk_setsockopt`, `sk_setsockopt`). */
export class SocketOptionTable {
  readonly #socket: SimSocket;
  /** Kept and reported; who drives the driver makes no difference here. */
  readonly #busyPoll = new Map<number, number>();

  constructor(socket: SimSocket) {
    this.#socket = socket;
  }

  /** 0 or a negative errno. */
  set(level: number, name: number, value: number): number {
    if (level === SOL_SOCKET) return this.#setSocketLevel(name, value);
    if (level !== SOL_XDP || name !== XDP_MAX_TX_SKB_BUDGET) return errno.ENOPROTOOPT;
    const { txPath, tx } = this.#socket;
    const budget = value >>> 0;
    if (txPath === undefined || budget < TX_BUDGET || budget > tx!.size) return errno.EACCES;
    txPath.budget = budget;
    return 0;
  }

  /** The value, or a negative errno. */
  get(level: number, name: number): number {
    if (level === SOL_SOCKET) {
      if (name === SO_ERROR) return Math.abs(this.#socket.socketError());
      return this.#busyPoll.get(name) ?? (isBusyPoll(name) ? 0 : errno.ENOPROTOOPT);
    }
    if (level !== SOL_XDP) return errno.ENOPROTOOPT;
    if (name !== XDP_OPTIONS) return errno.EOPNOTSUPP;
    return this.#socket.zeroCopy ? OPTIONS_ZEROCOPY : 0;
  }

  #setSocketLevel(name: number, value: number): number {
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
}

function isBusyPoll(name: number): boolean {
  return name === SO_BUSY_POLL || name === SO_PREFER_BUSY_POLL || name === SO_BUSY_POLL_BUDGET;
}
