import { invalidOption } from './failures.js';
import type { FrameFaults } from './frame-faults.js';
import type { Kernel } from './kernel.js';
import { MAX_LINEAR_MTU, type SimProgram } from './program.js';
import { checkQueueCount } from './queue-count.js';
import { Wire, type WireEnd } from './wire.js';
import { XdpHook } from './xdp-hook.js';
import type { ZeroCopyQueue } from './zero-copy-queue.js';

const ETHERNET_HEADER = 14;
/** Ethernet header and one VLAN tag: what `is_skb_forwardable` allows on top of the MTU. */
const LINK_OVERHEAD = 18;
/** Frames per NAPI poll (`NAPI_POLL_WEIGHT`). */
const NAPI_WEIGHT = 64;

/** What is outside the machine. The bytes are only good during the call. */
export interface DeviceListeners {
  readonly onTransmit: (bytes: Uint8Array, offset: number, length: number) => void;
  readonly onHost: (bytes: Uint8Array, offset: number, length: number, queueId: number) => void;
}

export interface NetDeviceOptions {
  readonly ifname: string;
  readonly mac: string;
  readonly mtu: number;
  readonly queueCount: number;
  /** Time from the driver to the far end of the wire. */
  readonly latencyNs: number;
  readonly driver: string;
  /** Does the driver run XDP programs itself? */
  readonly nativeXdp: boolean;
  readonly zeroCopy: boolean;
  /** `xdp_zc_max_segs`: buffers that a zero-copy packet may have; 1 for none but single ones. */
  readonly zeroCopyMaxSegments: number;
  /** `num_rx_queues`: how far `queueCount` can be raised. */
  readonly maxQueueCount: number;
}

/** A network interface as the kernel sees it (`struct net_device`). */
export class NetDevice implements WireEnd {
  readonly kernel: Kernel;
  readonly ifname: string;
  readonly ifindex: number;
  readonly mac: string;
  readonly driver: string;
  readonly nativeXdp: boolean;
  readonly zeroCopy: boolean;
  readonly zeroCopyMaxSegments: number;
  readonly maxQueueCount: number;
  mtu: number;
  queueCount: number;
  latencyNs: number;
  /** How long the driver keeps the buffers of a packet that it sends. */
  completionDelayNs = 0;
  /** Are delayed buffers given back in another order? */
  shuffleCompletions = false;
  /** Misfortunes of frames that leave, and of frames that arrive. */
  txFaults: FrameFaults | undefined;
  rxFaults: FrameFaults | undefined;
  /** Queues that a pool is assigned to; a queue has at most one (`xsk_get_pool_from_qid`). */
  readonly busyQueues = new Set<number>();
  readonly zeroCopyQueues = new Map<number, ZeroCopyQueue>();
  readonly counters = {
    rxPackets: 0,
    rxBytes: 0,
    rxDropped: 0,
    txPackets: 0,
    txBytes: 0,
    txDropped: 0,
    hostPackets: 0,
    programDropped: 0,
  };
  program: SimProgram | undefined;
  /** The other end of a veth pair. */
  peer: NetDevice | undefined;
  readonly #listeners: DeviceListeners;
  /** To the far end. */
  readonly #wire: Wire;
  readonly #hook = new XdpHook(this);
  #inPoll = 0;
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
    this.nativeXdp = options.nativeXdp;
    this.zeroCopy = options.zeroCopy;
    this.zeroCopyMaxSegments = options.zeroCopyMaxSegments;
    this.maxQueueCount = options.maxQueueCount;
    this.latencyNs = options.latencyNs;
    this.#listeners = listeners;
    this.#wire = new Wire(kernel, {
      arrive: (bytes, offset, length, queueId) => {
        this.peer?.arriveFromPeer(bytes, offset, length, queueId);
        listeners.onTransmit(bytes, offset, length);
      },
      endBurst: () => this.peer?.endBurst(),
    });
    kernel.devices.set(this.ifname, this);
    kernel.linkWatches.update();
  }

  get up(): boolean {
    return this.#up;
  }

  set up(up: boolean) {
    this.#up = up;
    this.#changed(up ? 'up' : 'down');
  }

  /** Is a cable plugged in? */
  set plugged(plugged: boolean) {
    this.#plugged = plugged;
    this.#changed(plugged ? 'carrier' : 'no carrier');
  }

  get removed(): boolean {
    return this.#removed;
  }

  /** `dev_set_mtu`: a native program without `xdp.frags` limits what may arrive. */
  changeMtu(mtu: number): void {
    const { program } = this.peer ?? this;
    const isLimited = program?.attachMode === 'native' && !program.multiBuffer;
    if (isLimited && mtu > MAX_LINEAR_MTU) {
      throw invalidOption('mtu', mtu, `up to ${MAX_LINEAR_MTU}`, 'rtnetlink');
    }
    this.mtu = mtu;
    this.#changed(`mtu ${mtu}`);
  }

  /** `ethtool -L`. */
  changeQueueCount(queueCount: number): void {
    checkQueueCount(this, queueCount);
    this.queueCount = queueCount;
    this.#changed(`${queueCount} queues`);
  }

  /** A NIC computes the checksums that it is asked for; a veth leaves them to nobody. */
  get checksumOffload(): boolean {
    return this.driver !== 'veth';
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
    this.zeroCopyQueues.clear();
    this.#changed('removed');
    this.peer?.remove();
  }

  /** Up, and the far end answers (`netif_running && netif_carrier_ok`). */
  get running(): boolean {
    const { peer } = this;
    return !this.#removed && this.#up && this.#plugged && (peer === undefined || peer.#up);
  }

  /** A frame arrives. The caller keeps the bytes: they are copied where needed. */
  arrive(bytes: Uint8Array, offset: number, length: number, queueId: number): void {
    if (this.rxFaults === undefined) {
      this.#receive(bytes, offset, length, queueId);
      return;
    }
    this.rxFaults.apply(bytes, offset, length, (faulty, at, left, delayNs) => {
      if (delayNs === 0) this.#receive(faulty, at, left, queueId);
      else this.#later(delayNs, faulty, at, left, (copy) => this.#receive(copy, 0, left, queueId));
    });
  }

  /**
   * `veth_xmit` leaves the number of the TX queue in the packet. A native program sees that queue;
   * in generic mode `netif_get_rxqueue` (net/core/dev.c) takes it for the RX queue plus one.
   */
  arriveFromPeer(bytes: Uint8Array, offset: number, length: number, queueId: number): void {
    let rxQueue = queueId;
    if (this.program?.attachMode === 'generic') {
      rxQueue = queueId === 0 || queueId > this.queueCount ? 0 : queueId - 1;
    }
    this.arrive(bytes, offset, length, rxQueue);
  }

  endBurst(): void {
    this.#inPoll = 0;
    this.kernel.endPoll();
  }

  /**
   * `__dev_direct_xmit` (net/core/dev.c): no queueing discipline, no packet taps. False when the
   * device dropped the frame. The bytes are copied.
   */
  transmit(bytes: Uint8Array, offset: number, length: number, queueId: number): boolean {
    const { counters, peer } = this;
    // veth drops what its peer would not take (`veth_forward_skb`, drivers/net/veth.c).
    if (!this.running || !(peer ?? this).#accepts(length)) {
      counters.txDropped++;
      this.#trace('could not send', length, queueId);
      return false;
    }
    counters.txPackets++;
    counters.txBytes += length;
    this.#trace('sent', length, queueId);
    if (this.txFaults === undefined) {
      this.#wire.send(bytes, offset, length, queueId, this.latencyNs);
      return true;
    }
    this.txFaults.apply(bytes, offset, length, (faulty, at, left, delayNs) => {
      const send = (copy: Uint8Array, start: number) =>
        this.#wire.send(copy, start, left, queueId, this.latencyNs);
      if (delayNs === 0) send(faulty, at);
      else this.#later(delayNs, faulty, at, left, (copy) => send(copy, 0));
    });
    return true;
  }

  #receive(bytes: Uint8Array, offset: number, length: number, queueId: number): void {
    const { counters } = this;
    if (!this.running || !this.#accepts(length)) {
      counters.rxDropped++;
      this.#trace('lost', length, queueId);
      return;
    }
    const zeroCopy = this.zeroCopyQueues.size === 0 ? undefined : this.zeroCopyQueues.get(queueId);
    if (zeroCopy !== undefined && !zeroCopy.accepts(length)) {
      counters.rxDropped++;
      this.#trace('had no buffer for', length, queueId);
      return;
    }
    counters.rxPackets++;
    counters.rxBytes += length;
    this.#trace('received', length, queueId);
    this.#hook.run(bytes, offset, length, queueId, zeroCopy);
    zeroCopy?.afterReceive();
    // A veth's NAPI runs after every frame that process context sends; a card's after a batch.
    if (this.peer !== undefined || ++this.#inPoll === NAPI_WEIGHT) this.endBurst();
  }

  /** Up the stack: no program, or one that let the frame pass. */
  toHost(bytes: Uint8Array, offset: number, length: number, queueId: number): void {
    this.counters.hostPackets++;
    this.#listeners.onHost(bytes, offset, length, queueId);
  }

  #accepts(length: number): boolean {
    return length >= ETHERNET_HEADER && length <= this.mtu + LINK_OVERHEAD;
  }

  #later(
    delayNs: number,
    bytes: Uint8Array,
    offset: number,
    length: number,
    go: (copy: Uint8Array) => void,
  ): void {
    const copy = bytes.slice(offset, offset + length);
    this.kernel.scheduler.after(delayNs, () => {
      go(copy);
      this.endBurst();
    });
  }

  #changed(what: string): void {
    this.kernel.trace.add(this.ifname, what);
    this.kernel.linkWatches.update();
  }

  #trace(what: string, length: number, queueId: number): void {
    const { trace } = this.kernel;
    if (trace.enabled) trace.add(`${this.ifname}:${queueId}`, `${what} ${length} bytes`);
  }
}
