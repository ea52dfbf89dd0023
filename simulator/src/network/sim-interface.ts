import { checkInteger, FluxError } from 'fluxnet-core';
import type { Kernel } from '../kernel/kernel.js';
import { NetDevice, type NetDeviceOptions } from '../kernel/net-device.js';
import { NS_PER_US } from '../time/units.js';
import { checkTime } from './options.js';

/** Counters of an interface, as `ip -s link` shows them; `hostPackets` went up the stack. */
export interface InterfaceCounters {
  readonly rxPackets: number;
  readonly rxBytes: number;
  /** Lost before any program saw them: interface down, too short, longer than MTU + 18. */
  readonly rxDropped: number;
  readonly txPackets: number;
  readonly txBytes: number;
  /** Dropped by the device: no carrier, shorter than 14 bytes, longer than MTU + 18. */
  readonly txDropped: number;
  readonly hostPackets: number;
  /** Dropped by a program of the test's own; the redirect program drops nothing. */
  readonly programDropped: number;
}

export interface InjectOptions {
  /** Default 0. */
  readonly queueId?: number;
}

export interface CompletionOptions {
  /** From the send to the completion, in microseconds. */
  readonly delayUs: number;
  readonly shuffle?: boolean;
}

export type FrameListener = (frame: Uint8Array) => void;

/** An interface seen from outside the machine: its wire, its cable, its host stack. */
export class SimInterface {
  readonly #device: NetDevice;
  readonly #transmitListeners = new Set<FrameListener>();
  readonly #hostListeners = new Set<FrameListener>();

  /** @internal Use `SimNetwork.addInterface`. */
  constructor(kernel: Kernel, options: NetDeviceOptions) {
    this.#device = new NetDevice(kernel, options, {
      onTransmit: (bytes, offset, length) => {
        for (const listener of this.#transmitListeners) listener(copyOf(bytes, offset, length));
      },
      onHost: (bytes, offset, length) => {
        for (const listener of this.#hostListeners) listener(copyOf(bytes, offset, length));
      },
    });
  }

  get ifname(): string {
    return this.#device.ifname;
  }

  get ifindex(): number {
    return this.#device.ifindex;
  }

  get mac(): string {
    return this.#device.mac;
  }

  get mtu(): number {
    return this.#device.mtu;
  }

  get queueCount(): number {
    return this.#device.queueCount;
  }

  /** Now; the object does not change afterwards. */
  get counters(): InterfaceCounters {
    return { ...this.#device.counters };
  }

  get up(): boolean {
    return this.#device.up;
  }

  /** Up, with a carrier, and in a veth pair with the other end up. */
  get running(): boolean {
    return this.#device.running;
  }

  /** `ip link set up|down`. Sockets stay bound; their system calls return ENETDOWN while down. */
  setUp(up: boolean): void {
    this.#device.up = up;
  }

  /** Plugs the cable in or pulls it. Without a carrier the device drops what is sent. */
  setCarrier(carrier: boolean): void {
    this.#device.plugged = carrier;
  }

  /**
   * `ip link set mtu`.
   * @throws {FluxError} `FLUX_INVALID_OPTION` where a native program without `xdp.frags` forbids it
   */
  setMtu(mtu: number): void {
    this.#device.changeMtu(checkInteger('mtu', mtu, 68, 65535));
  }

  /**
   * `ethtool -L`: how many queues there are from now on.
   * @throws {FluxError} `FLUX_INVALID_OPTION` with EINVAL, as the kernel refuses it: beyond the
   * hardware, below a queue that a socket holds, or against a program that needs the queues
   */
  setQueueCount(queueCount: number): void {
    this.#device.changeQueueCount(queueCount);
  }

  /** `ip link set` of the cable's speed: how long a frame takes to the far end, from now on. */
  setLatency(latencyUs: number): void {
    this.#device.latencyNs = Math.round(checkTime('latencyUs', latencyUs) * NS_PER_US);
  }

  /**
   * When the driver gives the buffers of sent packets back: inside the call (0, the default, as on
   * veth), or that much later, with `shuffle` in any order.
   */
  setCompletions({ delayUs, shuffle = false }: CompletionOptions): void {
    this.#device.completionDelayNs = Math.round(checkTime('delayUs', delayUs) * NS_PER_US);
    this.#device.shuffleCompletions = shuffle;
  }

  /** @internal Use `SimNetwork.removeInterface`. */
  remove(): void {
    this.#device.remove();
  }

  /** A frame arrives from the wire, now, on one of the queues. The bytes are copied. */
  inject(frame: Uint8Array, { queueId = 0 }: InjectOptions = {}): void {
    this.#checkQueue(queueId);
    this.#device.arrive(frame, 0, frame.length, queueId);
    this.#device.endBurst();
  }

  #checkQueue(queueId: number): void {
    const { ifname, queueCount } = this.#device;
    if (Number.isInteger(queueId) && queueId >= 0 && queueId < queueCount) return;
    const message = `${ifname} has ${queueCount} queues, no queue ${queueId}`;
    throw new FluxError('FLUX_QUEUE_OUT_OF_RANGE', message, {
      context: { ifname, queueId, queueCount },
    });
  }

  /** Frames that arrive together: the driver takes them in as one batch. */
  injectBurst(frames: Iterable<Uint8Array>, { queueId = 0 }: InjectOptions = {}): void {
    this.#checkQueue(queueId);
    for (const frame of frames) this.#device.arrive(frame, 0, frame.length, queueId);
    this.#device.endBurst();
  }

  /**
   * Listens to frames that sockets sent, at the moment they reach the far end.
   * @returns a function that ends it
   */
  onTransmit(listener: FrameListener): () => void {
    this.#transmitListeners.add(listener);
    return () => this.#transmitListeners.delete(listener);
  }

  /**
   * Listens to frames that went to the host stack: no program, or one that let them pass.
   * @returns a function that ends it
   */
  onHost(listener: FrameListener): () => void {
    this.#hostListeners.add(listener);
    return () => this.#hostListeners.delete(listener);
  }

  /** @internal Joins two interfaces to a veth pair. */
  static connect(a: SimInterface, b: SimInterface): void {
    a.#device.peer = b.#device;
    b.#device.peer = a.#device;
  }
}

/** The listener's own. (`slice` of a Buffer would share the bytes.) */
function copyOf(bytes: Uint8Array, offset: number, length: number): Uint8Array {
  return new Uint8Array(bytes.subarray(offset, offset + length));
}
