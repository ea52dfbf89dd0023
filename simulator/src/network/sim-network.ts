import {
  type Backend,
  type Clock,
  checkBoolean,
  checkInteger,
  checkKeys,
  checkOneOf,
  type Task,
} from 'fluxnet-core';
import { SimBackend } from '../backend/sim-backend.js';
import { FAULTABLE_CALLS, type FaultableCall } from '../kernel/call-faults.js';
import { ALL_CAPABILITIES } from '../kernel/capabilities.js';
import { invalidOption } from '../kernel/failures.js';
import { Kernel } from '../kernel/kernel.js';
import type { CapabilityName, Generation, Publication } from '../kernel/profile.js';
import type { Trace } from '../kernel/trace.js';
import { Driver } from '../time/driver.js';
import { Scheduler } from '../time/scheduler.js';
import { msToNs, NS_PER_US } from '../time/units.js';
import { VirtualClock } from '../time/virtual-clock.js';
import { checkTime } from './options.js';
import { seededRandom } from './random.js';
import { SimHost, type SimHostOptions } from './sim-host.js';
import { SimInterface } from './sim-interface.js';

export interface SimNetworkOptions {
  /** For `random()`. The same seed and the same calls give the same run. Default 1. */
  readonly seed?: number;
  /** Log what happens, for `trace`. Default false. */
  readonly trace?: boolean;
  /** Virtual time that a turn of the event loop takes. Default 1, at least 0.001. */
  readonly turnUs?: number;
  /** The kernel releases a closed queue late; until then it is busy. Default 20. */
  readonly releaseDelayMs?: number;
  /** Which kernel, in what becomes of invalid TX descriptors. Default C: Linux 6.18.44 and later. */
  readonly generation?: Generation;
  /** When user space sees what was received. Default `auto`: as Linux does in each attach mode. */
  readonly publication?: Publication;
  /**
   * First value of every ring's indices, to see them wrap at 2^31 and 2^32. Default 0.
   * @internal
   */
  readonly startIndex?: number;
}

export interface SimInterfaceOptions {
  /** Default 1. */
  readonly queueCount?: number;
  /** Lower-case, colon separated. Default 02:00:00:00 and the index. */
  readonly mac?: string;
  /** Default 1500. */
  readonly mtu?: number;
  /** Virtual time from a kick to the far end of the wire. Default 1. */
  readonly latencyUs?: number;
  /** How far `setQueueCount` can go. Default: `queueCount`. */
  readonly maxQueueCount?: number;
  /** Does the driver run XDP programs itself? Default true. */
  readonly nativeXdp?: boolean;
  /** Has the driver zero-copy? Default false, and never on a veth pair. */
  readonly zeroCopy?: boolean;
  /** Buffers that a packet may have in zero-copy mode. Default 8. */
  readonly zeroCopyMaxSegments?: number;
  /** How many of the latest frames `transmitted` and `hostFrames` keep; 0 for none. Default 4096. */
  readonly keepFrames?: number;
}

export interface VethPairOptions extends SimInterfaceOptions {
  /** Queues of the second end. Default: those of the first. */
  readonly peerQueueCount?: number;
}

const INTERFACE_KEYS = [
  'queueCount',
  'mac',
  'mtu',
  'latencyUs',
  'maxQueueCount',
  'nativeXdp',
  'zeroCopy',
  'zeroCopyMaxSegments',
  'keepFrames',
] as const;

const KEYS = [
  'seed',
  'trace',
  'turnUs',
  'releaseDelayMs',
  'generation',
  'publication',
  'startIndex',
] as const;
const PUBLICATIONS = ['auto', 'eager', 'per-packet', 'per-poll', 'adversarial'] as const;
const ADVERSARIAL_DELAY_NS = 50_000;
/** The kernel draws its own numbers, so that a test that draws more of them changes nothing else. */
const KERNEL_STREAM = 0x5eed_0001;

/** A machine with a simulated kernel, the wires around it, and the time that it lives in. */
export class SimNetwork {
  readonly seed: number;
  readonly clock: Clock;
  /** Pass this to whatever takes a backend. */
  readonly backend: Backend & { readonly spawn: NonNullable<Backend['spawn']> };
  /** Numbers from 0 up to 1, from the seed. Draw generated traffic from it. */
  readonly random: () => number;
  /** Who did what when, with `trace: true`; `String(net.trace)` is for people. */
  readonly trace: Trace;
  readonly #kernel: Kernel;
  readonly #driver: Driver;
  readonly #interfaces = new Map<string, SimInterface>();
  /** Made so far; addresses are not used again. */
  #made = 0;

  constructor(options: SimNetworkOptions = {}) {
    checkKeys('SimNetwork', options, KEYS);
    const { seed = 1, turnUs = 1, releaseDelayMs = 20, startIndex = 0 } = options;
    const { generation = 'C', publication = 'auto', trace = false } = options;
    if (!(turnUs >= 0.001 && turnUs <= 1e9)) throw invalidOption('turnUs', turnUs, '0.001 to 1e9');
    const scheduler = new Scheduler();
    const turnNs = Math.round(turnUs * NS_PER_US);
    this.seed = checkInteger('seed', seed, 0, 2 ** 32 - 1);
    this.random = seededRandom(this.seed);
    this.#kernel = new Kernel({
      scheduler,
      random: seededRandom(this.seed ^ KERNEL_STREAM),
      profile: {
        generation: checkOneOf('generation', generation, ['A', 'C']),
        publication: checkOneOf('publication', publication, PUBLICATIONS),
        startIndex: checkInteger('startIndex', startIndex, 0, 2 ** 32 - 1),
        releaseDelayNs: msToNs(checkTime('releaseDelayMs', releaseDelayMs)),
        turnNs,
        adversarialDelayNs: ADVERSARIAL_DELAY_NS,
      },
    });
    this.trace = this.#kernel.trace;
    this.trace.enabled = checkBoolean('trace', trace);
    this.clock = new VirtualClock(scheduler, turnNs);
    this.backend = new SimBackend(this.#kernel, this.clock);
    this.#driver = new Driver(scheduler);
  }

  /** A network card with a cable to the test: `inject` on one side, `onTransmit` on the other. */
  addInterface(ifname: string, options: SimInterfaceOptions = {}): SimInterface {
    return this.#add(ifname, options, 'sim');
  }

  /** Two interfaces of this machine with a cable between them: queue *n* leads to queue *n*. */
  addVethPair(a: string, b: string, options: VethPairOptions = {}): [SimInterface, SimInterface] {
    const { peerQueueCount, ...first } = options;
    const second = peerQueueCount === undefined ? first : { ...first, queueCount: peerQueueCount };
    if (options.mac !== undefined) {
      throw invalidOption('mac', options.mac, 'nothing: the two ends need different addresses');
    }
    if (options.zeroCopy === true) {
      throw invalidOption('zeroCopy', true, 'false: a veth driver has no zero-copy');
    }
    if (a === b) throw invalidOption('ifname', b, 'two different names');
    checkName(b, this.#interfaces);
    const pair: [SimInterface, SimInterface] = [
      this.#add(a, first, 'veth'),
      this.#add(b, second, 'veth'),
    ];
    SimInterface.connect(...pair);
    return pair;
  }

  /**
   * `ip link del`: its sockets are dead for good, its program is detached, and the other end of a
   * veth pair is removed too. False when there is no such interface.
   */
  removeInterface(ifname: string): boolean {
    const removed = this.#interfaces.get(ifname);
    if (removed === undefined) return false;
    removed.remove();
    for (const name of this.#interfaces.keys()) {
      if (!this.#kernel.devices.has(name)) this.#interfaces.delete(name);
    }
    return true;
  }

  interface(ifname: string): SimInterface | undefined {
    return this.#interfaces.get(ifname);
  }

  /** Lets virtual time pass, and with it everything that happens in it. */
  run(durationMs: number): Promise<void> {
    return this.#driver.run(durationMs);
  }

  /**
   * Lets virtual time pass at once, without the event loop: for code that has no promises, and
   * fast. Timers and frames have their effects, `await` does not continue.
   */
  advance(durationMs: number): void {
    this.#driver.advance(durationMs);
  }

  /**
   * Lets virtual time pass until the predicate holds; it is asked after every event.
   * @returns false when it still did not hold after `limitMs`
   */
  runUntil(predicate: () => boolean, { limitMs }: { readonly limitMs: number }): Promise<boolean> {
    return this.#driver.runUntil(predicate, limitMs);
  }

  /**
   * A small host that answers ARP, ICMP echo and UDP echo: at the far end of a card's cable, or in
   * the host stack behind one end of a veth pair.
   */
  addHost(ifname: string, options: SimHostOptions): SimHost {
    checkKeys('addHost', options, ['address', 'mac', 'echoPorts', 'replyDelayMs']);
    const at = this.#interfaces.get(ifname);
    if (at === undefined) throw invalidOption('ifname', ifname, 'an interface of the network');
    checkTime('replyDelayMs', options.replyDelayMs ?? 0);
    const mac = options.mac ?? (at.isVeth ? at.mac : defaultMac(++this.#made));
    const link = at.isVeth
      ? { listen: at.onHost.bind(at), send: (frame: Uint8Array) => void at.sendFromHost(frame) }
      : { listen: at.onTransmit.bind(at), send: (frame: Uint8Array) => at.inject(frame) };
    return new SimHost(link, this.clock, { ...options, mac });
  }

  /** Starts a cooperative worker: `backend.spawn`. */
  spawn(name: string, run: (signal: AbortSignal) => Promise<void>): Task {
    return this.backend.spawn(name, run);
  }

  /** `capset`: from now on the simulated process has these rights and no others. It starts with all. */
  setCapabilities(held: readonly CapabilityName[]): void {
    for (const name of held) checkOneOf('capability', name, ALL_CAPABILITIES);
    this.#kernel.rights.keep(held);
  }

  /** `setrlimit(RLIMIT_MEMLOCK)`: counts for registrations made without CAP_IPC_LOCK. Default none. */
  setMemlock(limitBytes: number): void {
    if (!(limitBytes >= 0)) throw invalidOption('limitBytes', limitBytes, '0 or more');
    this.#kernel.memlock.limitBytes = limitBytes;
  }

  /** Memory that is charged to the simulated user now, in bytes. */
  get lockedBytes(): number {
    return this.#kernel.memlock.lockedBytes;
  }

  /**
   * Makes the next calls of a kind fail, whatever they would have done: `kick` with
   * `errno.ENOBUFS`, `bind` with `errno.EBUSY`, …
   * @param code negative errno
   */
  failCalls(
    call: FaultableCall,
    code: number,
    { times = 1, after = 0 }: { readonly times?: number; readonly after?: number } = {},
  ): void {
    checkOneOf('call', call, FAULTABLE_CALLS);
    checkInteger('code', code, -4095, -1);
    checkInteger('times', times, 1, Number.MAX_SAFE_INTEGER);
    checkInteger('after', after, 0, Number.MAX_SAFE_INTEGER);
    this.#kernel.faults.add(call, code, times, after);
  }

  /** Forgets what `failCalls` planned. */
  clearFailures(): void {
    this.#kernel.faults.clear();
  }

  #add(ifname: string, options: SimInterfaceOptions, driver: string): SimInterface {
    checkKeys('addInterface', options, INTERFACE_KEYS);
    checkName(ifname, this.#interfaces);
    const { queueCount = 1, mac = defaultMac(this.#made + 1) } = options;
    const { mtu = 1500, latencyUs = 1, maxQueueCount = queueCount } = options;
    const { nativeXdp = true, zeroCopy = false, zeroCopyMaxSegments = 8 } = options;
    if (!/^[0-9a-f]{2}(:[0-9a-f]{2}){5}$/.test(mac)) {
      throw invalidOption('mac', mac, 'six lower-case hexadecimal bytes, colon separated');
    }
    const { keepFrames = 4096 } = options;
    checkInteger('keepFrames', keepFrames, 0, 2 ** 24);
    const device = {
      ifname,
      mac,
      driver,
      nativeXdp: checkBoolean('nativeXdp', nativeXdp),
      zeroCopy: checkBoolean('zeroCopy', zeroCopy),
      zeroCopyMaxSegments: checkInteger('zeroCopyMaxSegments', zeroCopyMaxSegments, 1, 64),
      maxQueueCount: checkInteger('maxQueueCount', maxQueueCount, queueCount, 65536),
      mtu: checkInteger('mtu', mtu, 68, 65535),
      queueCount: checkInteger('queueCount', queueCount, 1, 65536),
      latencyNs: Math.round(checkTime('latencyUs', latencyUs) * NS_PER_US),
    };
    const added = new SimInterface(this.#kernel, device, keepFrames);
    this.#made++;
    this.#interfaces.set(ifname, added);
    return added;
  }
}

/** `dev_valid_name` (net/core/dev.c), and no two interfaces of one name. */
function checkName(ifname: string, taken: ReadonlyMap<string, unknown>): void {
  if (!/^[^\s/:]{1,15}$/.test(ifname) || ifname === '.' || ifname === '..') {
    throw invalidOption('ifname', ifname, '1 to 15 characters, no space, slash or colon');
  }
  if (taken.has(ifname)) throw invalidOption('ifname', ifname, 'a name that is not taken');
}

/** Locally administered, so it cannot be anybody's. */
function defaultMac(index: number): string {
  const hex = (byte: number) => (byte & 0xff).toString(16).padStart(2, '0');
  return `02:00:00:00:${hex(index >> 8)}:${hex(index)}`;
}
