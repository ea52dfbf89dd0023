import { checkInteger, checkKeys, FluxError } from 'fluxnet-core';
import { type FaultCounters, type FaultRates, FrameFaults } from '../kernel/frame-faults.js';
import type { Kernel } from '../kernel/kernel.js';
import { NetDevice, type NetDeviceOptions } from '../kernel/net-device.js';
import { NS_PER_MS, NS_PER_US } from '../time/units.js';
import { fromCapture, toPcap } from './capture.js';
import { FrameLog } from './frame-log.js';
import { checkFaultRates, checkTime } from './options.js';
import { Rss, type RssOptions } from './rss.js';

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
  /** Default: the queue that RSS chooses. */
  readonly queueId?: number;
}

export interface CompletionOptions {
  /** From the send to the completion, in microseconds. */
  readonly delayUs: number;
  readonly shuffle?: boolean;
}

export interface FaultOptions {
  /** For frames that the interface sends. */
  readonly send?: FaultRates;
  /** For frames that arrive at it. */
  readonly receive?: FaultRates;
}

export interface FlapOptions {
  /** How long the carrier is away. */
  readonly downMs: number;
  /** How long it is there between two flaps. Default: as long as it is away. */
  readonly upMs?: number;
  /** Default 1. */
  readonly times?: number;
}

export type FrameListener = (frame: Uint8Array) => void;

/** An interface seen from outside the machine: its wire, its cable, its host stack. */
export class SimInterface {
  readonly #kernel: Kernel;
  readonly #device: NetDevice;
  readonly #transmitListeners = new Set<FrameListener>();
  readonly #hostListeners = new Set<FrameListener>();
  readonly #transmitted: FrameLog;
  readonly #hostFrames: FrameLog;
  #rss: Rss;

  /** @internal Use `SimNetwork.addInterface`. */
  constructor(kernel: Kernel, options: NetDeviceOptions, keepFrames: number) {
    const { ifname } = options;
    this.#kernel = kernel;
    this.#transmitted = new FrameLog(`${ifname}.transmitted`, keepFrames);
    this.#hostFrames = new FrameLog(`${ifname}.hostFrames`, keepFrames);
    this.#rss = new Rss(options.queueCount);
    this.#device = new NetDevice(kernel, options, {
      onTransmit: (bytes, offset, length) => {
        this.#transmitted.add(kernel.scheduler.nowNs, bytes, offset, length);
        for (const listener of this.#transmitListeners) listener(copyOf(bytes, offset, length));
      },
      onHost: (bytes, offset, length) => {
        this.#hostFrames.add(kernel.scheduler.nowNs, bytes, offset, length);
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

  /** Is it one end of a veth pair? */
  get isVeth(): boolean {
    return this.#device.driver === 'veth';
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

  /** Frames that sockets sent, as they reached the far end, the oldest first. */
  get transmitted(): readonly Uint8Array[] {
    return this.#transmitted.frames.map(({ bytes }) => bytes);
  }

  /** Frames that went to the host stack: no program, or one that let them pass. */
  get hostFrames(): readonly Uint8Array[] {
    return this.#hostFrames.frames.map(({ bytes }) => bytes);
  }

  /** Forgets the frames seen so far. */
  clearFrames(): void {
    this.#transmitted.clear();
    this.#hostFrames.clear();
  }

  /** `transmitted` as a pcap file, with the times of the simulation. */
  transmittedPcap(): Uint8Array {
    return toPcap(this.#transmitted.frames);
  }

  /** `ip link set up|down`. Sockets stay bound; their system calls return ENETDOWN while down. */
  setUp(up: boolean): void {
    this.#device.up = up;
  }

  /** Plugs the cable in or pulls it. Without a carrier the device drops what is sent. */
  setCarrier(carrier: boolean): void {
    this.#device.plugged = carrier;
  }

  /** Pulls the cable, and plugs it in again, as often as said, beginning now. */
  flap({ downMs, upMs = downMs, times = 1 }: FlapOptions): void {
    const [downNs, upNs] = [
      checkTime('downMs', downMs) * NS_PER_MS,
      checkTime('upMs', upMs) * NS_PER_MS,
    ];
    const { scheduler } = this.#kernel;
    for (let i = 0; i < checkInteger('times', times, 1, 1e6); i++) {
      const startNs = i * (downNs + upNs);
      scheduler.after(startNs, () => this.setCarrier(false));
      scheduler.after(startNs + downNs, () => this.setCarrier(true));
    }
  }

  /**
   * `ip link set mtu`.
   * @throws {FluxError} `FLUX_INVALID_OPTION` where a native program without `xdp.frags` forbids it
   */
  setMtu(mtu: number): void {
    this.#device.changeMtu(checkInteger('mtu', mtu, 68, 65535));
  }

  /**
   * `ethtool -L`: how many queues there are from now on. RSS starts anew.
   * @throws {FluxError} `FLUX_INVALID_OPTION` with EINVAL, as the kernel refuses it: beyond the
   * hardware, below a queue that a socket holds, or against a program that needs the queues
   */
  setQueueCount(queueCount: number): void {
    this.#device.changeQueueCount(queueCount);
    this.#rss = new Rss(queueCount);
  }

  /** `ethtool -X`: how RSS spreads what arrives over the queues. */
  setRss(options: RssOptions): void {
    checkKeys('setRss', options, ['key', 'table']);
    this.#rss = new Rss(this.queueCount, options);
  }

  /** The queue that RSS chooses for a frame. */
  queueOf(frame: Uint8Array): number {
    return this.#rss.queueOf(frame);
  }

  /** How long a frame takes to the far end, from now on: a slow peer. */
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

  /** What befalls frames from now on, by chance of the network's seed. Nothing, where left out. */
  setFaults(options: FaultOptions): void {
    checkKeys('setFaults', options, ['send', 'receive']);
    this.#device.txFaults = this.#makeFaults('send', options.send);
    this.#device.rxFaults = this.#makeFaults('receive', options.receive);
  }

  /** How often which fault struck since `setFaults`; undefined for a way without faults. */
  get faultCounters(): { readonly send?: FaultCounters; readonly receive?: FaultCounters } {
    const { txFaults, rxFaults } = this.#device;
    return {
      ...(txFaults && { send: { ...txFaults.counters } }),
      ...(rxFaults && { receive: { ...rxFaults.counters } }),
    };
  }

  /** @internal Use `SimNetwork.removeInterface`. */
  remove(): void {
    this.#device.remove();
  }

  /** A frame arrives from the wire, now. The bytes are copied. */
  inject(frame: Uint8Array, { queueId }: InjectOptions = {}): void {
    this.#arrive(frame, queueId);
    this.#device.endBurst();
  }

  /** Frames that arrive together: the driver takes them in as one batch. */
  injectBurst(frames: Iterable<Uint8Array>, { queueId }: InjectOptions = {}): void {
    for (const frame of frames) this.#arrive(frame, queueId);
    this.#device.endBurst();
  }

  /**
   * The Ethernet frames of a pcap or pcapng file arrive, at the times that the file has, counted
   * from now.
   * @returns how many there are
   */
  injectCapture(file: Uint8Array): number {
    const frames = fromCapture(file);
    for (const { afterMs, frame } of frames) {
      this.#kernel.scheduler.after(Math.round(afterMs * NS_PER_MS), () => this.inject(frame));
    }
    return frames.length;
  }

  /** The host's own stack sends a frame: past all sockets, to the far end. False: dropped. */
  sendFromHost(frame: Uint8Array, { queueId = 0 }: InjectOptions = {}): boolean {
    this.#checkQueue(queueId);
    return this.#device.up && this.#device.transmit(frame, 0, frame.length, queueId);
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

  #arrive(frame: Uint8Array, queueId: number | undefined): void {
    if (queueId !== undefined) this.#checkQueue(queueId);
    // A single queue needs no hash.
    const chosen = queueId ?? (this.#device.queueCount === 1 ? 0 : this.#rss.queueOf(frame));
    this.#device.arrive(frame, 0, frame.length, chosen);
  }

  #checkQueue(queueId: number): void {
    const { ifname, queueCount } = this.#device;
    if (Number.isInteger(queueId) && queueId >= 0 && queueId < queueCount) return;
    const message = `${ifname} has ${queueCount} queues, no queue ${queueId}`;
    throw new FluxError('FLUX_QUEUE_OUT_OF_RANGE', message, {
      hint: `use a queue from 0 to ${queueCount - 1}`,
      context: { ifname, queueId, queueCount },
    });
  }

  #makeFaults(path: string, rates: FaultRates | undefined): FrameFaults | undefined {
    if (rates === undefined) return undefined;
    const { random, scheduler } = this.#kernel;
    return new FrameFaults(checkFaultRates(path, rates), random, (delayNs, run) => {
      scheduler.after(delayNs, run);
    });
  }
}

/** The listener's own. (`slice` of a Buffer would share the bytes.) */
function copyOf(bytes: Uint8Array, offset: number, length: number): Uint8Array {
  return Uint8Array.from(bytes.subarray(offset, offset + length));
}
