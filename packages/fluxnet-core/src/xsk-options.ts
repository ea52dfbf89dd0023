import type { BindOptions, CopyMode, SocketOptions } from './contract/socket.js';
import {
  checkBoolean,
  checkInteger,
  checkKeys,
  checkOneOf,
  checkPowerOfTwo,
  checkString,
  invalid,
} from './options.js';

/** Kernel busy polling: a system call on the socket drives the driver, instead of interrupts. */
export interface BusyPollOptions {
  /** How long a call may poll (`SO_BUSY_POLL`), 1 to 1,000,000. Default 20. */
  readonly timeUs?: number;
  /** Packets per poll (`SO_BUSY_POLL_BUDGET`), 1 to 65535. Default 64. */
  readonly budget?: number;
}

/** The rings of one socket. */
export interface XskRingOptions {
  /** Entries, a power of two up to 65536; 0 for a socket that only sends. Default 2048. */
  readonly rxRingSize?: number;
  /** Entries, a power of two up to 65536; 0 for a socket that only receives. Default 2048. */
  readonly txRingSize?: number;
}

export interface XskOpenOptions extends XskRingOptions {
  readonly ifname: string;
  /** 0 to 65535, below the interface's number of queues. Default 0. */
  readonly queueId?: number;
  /** Entries, a power of two up to 65536. Default 2048. */
  readonly fillRingSize?: number;
  /** Entries, a power of two up to 65536. Default 2048. */
  readonly completionRingSize?: number;
  /** Default `auto`: zero-copy where the driver has it. Forced and unavailable is an error. */
  readonly copyMode?: CopyMode;
  /** Default true: the kernel says when it needs a kick. */
  readonly needWakeup?: boolean;
  /** Receive packets larger than a frame as several descriptors (Linux 6.6). Default false. */
  readonly multiBuffer?: boolean;
  /** Off by default. Needs CAP_NET_ADMIN and Linux 5.11; unavailable is an error. */
  readonly busyPoll?: BusyPollOptions;
  /**
   * Packets per kick in copy mode (`XDP_MAX_TX_SKB_BUDGET`, Linux 6.17), 32 to the TX ring's
   * size. `auto` (default) asks for 256 and takes what there is; a number is forced.
   */
  readonly txBudget?: 'auto' | number;
  /**
   * Gives the fill ring of a socket that only sends frames that nothing is received into, at most
   * half of the free ones: they come back when the same queue is opened again. `auto` (default) does
   * it for the drivers that do not send without, ice and i40e in zero-copy mode.
   */
  readonly prefillTxOnly?: 'auto' | boolean;
}

export interface CheckedXskOptions {
  readonly queue: {
    readonly ifname: string;
    readonly queueId: number;
    readonly fillRingSize: number;
    readonly completionRingSize: number;
  };
  readonly rings: SocketOptions;
  readonly bind: BindOptions;
  readonly busyPoll: Required<BusyPollOptions> | undefined;
  readonly prefillTxOnly: 'auto' | boolean;
  readonly txBudget: 'auto' | number;
}

/** The kernel takes up to 2^30 entries and does not charge them to anybody, so we draw a line. */
const MAX_RING_SIZE = 65536;
const DEFAULT_RING_SIZE = 2048;
/** What a kick does without the option (TX_BATCH_SIZE, net/xdp/xsk.c). */
export const DEFAULT_TX_BUDGET = 32;

const RING_KEYS = ['rxRingSize', 'txRingSize'] as const;
const KEYS = [
  'ifname',
  'queueId',
  'fillRingSize',
  'completionRingSize',
  'copyMode',
  'needWakeup',
  'multiBuffer',
  'busyPoll',
  'txBudget',
  'prefillTxOnly',
  ...RING_KEYS,
] as const;

/** @throws {FluxError} `FLUX_INVALID_OPTION`, `FLUX_UNKNOWN_OPTION` */
export function checkXskOptions(options: XskOpenOptions): CheckedXskOptions {
  checkKeys('xsk', options, KEYS);
  const ringSize = (name: 'fillRingSize' | 'completionRingSize') =>
    checkPowerOfTwo(`xsk.${name}`, options[name] ?? DEFAULT_RING_SIZE, 1, MAX_RING_SIZE);
  const rings = checkRings(options);
  return {
    queue: {
      ifname: checkString('xsk.ifname', options.ifname),
      queueId: checkInteger('xsk.queueId', options.queueId ?? 0, 0, 65535),
      fillRingSize: ringSize('fillRingSize'),
      completionRingSize: ringSize('completionRingSize'),
    },
    rings,
    bind: {
      copyMode: checkOneOf('xsk.copyMode', options.copyMode ?? 'auto', [
        'auto',
        'copy',
        'zerocopy',
      ]),
      needWakeup: checkBoolean('xsk.needWakeup', options.needWakeup ?? true),
      multiBuffer: checkBoolean('xsk.multiBuffer', options.multiBuffer ?? false),
    },
    busyPoll: options.busyPoll === undefined ? undefined : checkBusyPoll(options.busyPoll),
    prefillTxOnly: checkPrefill(options.prefillTxOnly ?? 'auto'),
    txBudget: checkTxBudget(options.txBudget ?? 'auto', rings.txRingSize),
  };
}

/** @throws {FluxError} `FLUX_INVALID_OPTION`, `FLUX_UNKNOWN_OPTION` */
export function checkRingOptions(options: XskRingOptions): SocketOptions {
  checkKeys('xsk', options, RING_KEYS);
  return checkRings(options);
}

function checkRings(options: XskRingOptions): SocketOptions {
  const size = (name: 'rxRingSize' | 'txRingSize') => {
    const value = options[name] ?? DEFAULT_RING_SIZE;
    return value === 0 ? 0 : checkPowerOfTwo(`xsk.${name}`, value, 1, MAX_RING_SIZE, '0 or ');
  };
  const rings = { rxRingSize: size('rxRingSize'), txRingSize: size('txRingSize') };
  if (rings.rxRingSize === 0 && rings.txRingSize === 0) {
    throw invalid('xsk.txRingSize', 0, 'a size, where xsk.rxRingSize is 0');
  }
  return rings;
}

/** @throws {FluxError} `FLUX_INVALID_OPTION`, `FLUX_UNKNOWN_OPTION` */
export function checkBusyPoll(options: BusyPollOptions): Required<BusyPollOptions> {
  checkKeys('xsk.busyPoll', options, ['timeUs', 'budget']);
  return {
    timeUs: checkInteger('xsk.busyPoll.timeUs', options.timeUs ?? 20, 1, 1_000_000),
    budget: checkInteger('xsk.busyPoll.budget', options.budget ?? 64, 1, 65535),
  };
}

function checkPrefill(value: 'auto' | boolean): 'auto' | boolean {
  if (value === 'auto' || typeof value === 'boolean') return value;
  throw invalid('xsk.prefillTxOnly', value, "true | false | 'auto'");
}

function checkTxBudget(value: 'auto' | number, txRingSize: number): 'auto' | number {
  if (value === 'auto') return value;
  if (txRingSize < DEFAULT_TX_BUDGET) {
    throw invalid('xsk.txBudget', value, `'auto', where the TX ring has ${txRingSize} entries`);
  }
  return checkInteger('xsk.txBudget', value, DEFAULT_TX_BUDGET, txRingSize);
}
