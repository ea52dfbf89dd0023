import type { Kernel } from './kernel.js';
import type { SimProgram } from './program.js';
import { deliverToSocket } from './rx-path.js';

const ETHERNET_HEADER = 14;
/** Ethernet header and one VLAN tag: what `is_skb_forwardable` allows on top of the MTU. */
const LINK_OVERHEAD = 18;

/** Where frames go that leave the machine, and that the program left to the host. */
export interface DeviceListeners {
  readonly onTransmit: (frame: Uint8Array) => void;
  readonly onHost: (frame: Uint8Array) => void;
}

export interface NetDeviceOptions {
  readonly ifname: string;
  readonly mac: string;
  readonly mtu: number;
  readonly queueCount: number;
  /** Time from the driver to the far end of the wire. */
  readonly latencyNs: number;
  readonly driver: string;
}

/** A network interface as the kernel sees it (`struct net_device`). */
export class NetDevice {
  readonly kernel: Kernel;
  readonly ifname: string;
  readonly ifindex: number;
  readonly mac: string;
  readonly mtu: number;
  readonly queueCount: number;
  readonly driver: string;
  readonly #latencyNs: number;
  readonly #listeners: DeviceListeners;
  /** Queues that a pool is assigned to; a queue has at most one (`xsk_get_pool_from_qid`). */
  readonly busyQueues = new Set<number>();
  readonly counters = {
    rxPackets: 0,
    rxBytes: 0,
    rxDropped: 0,
    txPackets: 0,
    txBytes: 0,
    txDropped: 0,
    hostPackets: 0,
  };
  program: SimProgram | undefined;
  /** The other end of a veth pair. */
  peer: NetDevice | undefined;
  #up = true;
  #plugged = true;
  #removed = false;

  constructor(kernel: Kernel, options: NetDeviceOptions, listeners: DeviceListeners) {
    this.kernel = kernel;
    this.ifname = options.ifname;
    this.ifindex = kernel.nextIfindex();
    this.mac = options.mac;
    this.mtu = options.mtu;
    this.queueCount = options.queueCount;
    this.driver = options.driver;
    this.#latencyNs = options.latencyNs;
    this.#listeners = listeners;
    kernel.devices.set(this.ifname, this);
    kernel.linkWatches.update();
  }

  get up(): boolean {
    return this.#up;
  }

  set up(up: boolean) {
    this.#up = up;
    this.kernel.linkWatches.update();
  }

  /** Is a cable plugged in? */
  set plugged(plugged: boolean) {
    this.#plugged = plugged;
    this.kernel.linkWatches.update();
  }

  get removed(): boolean {
    return this.#removed;
  }

  /**
   * `unregister_netdevice`: the program is detached, sockets stay unbound for ever
   * (`xsk_notifier`, net/xdp/xsk.c), and the other end of a veth pair goes with it.
   */
  remove(): void {
    if (this.#removed) return;
    this.#removed = true;
    this.kernel.devices.delete(this.ifname);
    this.program = undefined;
    this.peer?.remove();
    this.kernel.linkWatches.update();
  }

  /** Up, and the far end answers (`netif_running && netif_carrier_ok`). */
  get running(): boolean {
    const { peer } = this;
    return !this.#removed && this.#up && this.#plugged && (peer === undefined || peer.#up);
  }

  /** A frame arrives from the wire. The caller keeps the bytes: they are copied where needed. */
  receive(frame: Uint8Array, queueId: number): void {
    const { counters } = this;
    if (!this.running || !this.#accepts(frame.length)) {
      counters.rxDropped++;
      return;
    }
    counters.rxPackets++;
    counters.rxBytes += frame.length;
    const { program } = this;
    const socket = program?.redirect(queueId);
    if (program !== undefined && socket !== undefined) {
      deliverToSocket(socket, this, queueId, frame, program.attachMode);
      return;
    }
    counters.hostPackets++;
    this.#listeners.onHost(frame);
  }

  /**
   * `__dev_direct_xmit` (net/core/dev.c): no queueing discipline, no packet taps. False when the
   * device dropped the frame. The bytes belong to the device from here on.
   */
  transmit(frame: Uint8Array, queueId: number): boolean {
    const { counters, peer } = this;
    // veth drops what its peer would not take (`veth_forward_skb`, drivers/net/veth.c).
    if (!this.running || !(peer ?? this).#accepts(frame.length)) {
      counters.txDropped++;
      return false;
    }
    counters.txPackets++;
    counters.txBytes += frame.length;
    this.kernel.scheduler.after(this.#latencyNs, () => {
      // The listeners come last: they may keep or change the bytes.
      peer?.receive(frame, queueId);
      this.#listeners.onTransmit(frame);
    });
    return true;
  }

  #accepts(length: number): boolean {
    return length >= ETHERNET_HEADER && length <= this.mtu + LINK_OVERHEAD;
  }
}
