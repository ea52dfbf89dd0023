import type { InterfaceNapi, XdpFeatures } from './contract/interface.js';
import type { Socket } from './contract/socket.js';
import type { UmemRegistration } from './contract/umem.js';
import { errno } from './errno.js';
import { FluxError, type FluxErrorCode } from './errors.js';
import type { TxMetadataEffective } from './rings/tx-metadata.js';
import { type BusyPollOptions, DEFAULT_TX_BUDGET } from './xsk-options.js';

// include/uapi/asm-generic/socket.h, include/uapi/linux/if_xdp.h
const SOL_SOCKET = 1;
const SO_BUSY_POLL = 46;
const SO_PREFER_BUSY_POLL = 69;
const SO_BUSY_POLL_BUDGET = 70;
const SOL_XDP = 283;
const XDP_MAX_TX_SKB_BUDGET = 9;

const AUTO_TX_BUDGET = 256;

export type OptionTarget = Pick<Socket, 'getOption' | 'setOption'>;

/**
 * Switches kernel busy polling on for a socket. It takes effect together with the interface's
 * `napi_defer_hard_irqs` and `gro_flush_timeout`, which are the administrator's and not touched.
 * @throws {FluxError} `FLUX_PERMISSION`, `FLUX_UNSUPPORTED`
 */
export function enableBusyPoll(
  socket: OptionTarget,
  { timeUs, budget }: Required<BusyPollOptions>,
): void {
  force(socket, SOL_SOCKET, SO_PREFER_BUSY_POLL, 1, 'SO_PREFER_BUSY_POLL');
  force(socket, SOL_SOCKET, SO_BUSY_POLL, timeUs, 'SO_BUSY_POLL');
  force(socket, SOL_SOCKET, SO_BUSY_POLL_BUDGET, budget, 'SO_BUSY_POLL_BUDGET');
}

/** Busy polling that is on, and whether the administrator has made room for it. */
export interface BusyPollEffective extends Required<BusyPollOptions> {
  /**
   * Are the queue's interrupts held back for who polls? Without that they come as ever, and busy
   * polling only costs. Undefined where it cannot be read.
   */
  readonly interruptsDeferred: boolean | undefined;
  /** The command that helps, unless they are. */
  readonly hint: string | undefined;
}

export function busyPollEffective(
  options: Required<BusyPollOptions>,
  { ifname, queueId }: { readonly ifname: string; readonly queueId: number },
  napi: InterfaceNapi | undefined,
): BusyPollEffective {
  const settings = napi?.rxQueues.find((queue) => queue.queueId === queueId);
  const deferHardIrqs = settings?.deferHardIrqs ?? napi?.deferHardIrqs;
  const groFlushTimeoutNs = settings?.groFlushTimeoutNs ?? napi?.groFlushTimeoutNs;
  const known = deferHardIrqs !== undefined && groFlushTimeoutNs !== undefined;
  const interruptsDeferred = known ? deferHardIrqs > 0 && groFlushTimeoutNs > 0 : undefined;
  const folder = `/sys/class/net/${ifname}`;
  const commands =
    `echo 2 | sudo tee ${folder}/napi_defer_hard_irqs; ` +
    `echo 200000 | sudo tee ${folder}/gro_flush_timeout`;
  return { ...options, interruptsDeferred, hint: interruptsDeferred ? undefined : commands };
}

/**
 * Raises the packets per kick in copy mode. Returns what holds.
 * @throws {FluxError} `FLUX_UNSUPPORTED` when a number is forced that the kernel does not take
 */
export function setTxBudget(socket: Socket, wanted: 'auto' | number, txRingSize: number): number {
  if (wanted !== 'auto') {
    if (wanted === DEFAULT_TX_BUDGET) return wanted; // Also where the option does not exist.
    force(socket, SOL_XDP, XDP_MAX_TX_SKB_BUDGET, wanted, 'XDP_MAX_TX_SKB_BUDGET');
    return wanted;
  }
  const budget = Math.min(AUTO_TX_BUDGET, txRingSize);
  if (budget <= DEFAULT_TX_BUDGET) return DEFAULT_TX_BUDGET;
  const result = socket.setOption(SOL_XDP, XDP_MAX_TX_SKB_BUDGET, budget);
  return result === 0 ? budget : DEFAULT_TX_BUDGET;
}

/**
 * Who does what is asked for with a packet. In copy mode the kernel gives the timestamp and sees to
 * the checksum (`xsk_skb_metadata`, net/xdp/xsk.c); in zero-copy mode both are the driver's, and one
 * that cannot ignores the request.
 */
export function txMetadataEffective(
  { txMetadataLength, txSoftwareChecksum }: UmemRegistration,
  zeroCopy: boolean,
  features: XdpFeatures | undefined,
): TxMetadataEffective {
  if (txMetadataLength === 0) return { checksum: 'software', timestamp: false, launchTime: false };
  const driver = features?.txMetadata ?? [];
  // Kernels before 6.14 refuse the flag; no driver of theirs has the feature.
  const launchTime = driver.includes('launch-time');
  if (zeroCopy) {
    const checksum = driver.includes('checksum') ? 'device' : 'software';
    return { checksum, timestamp: driver.includes('timestamp'), launchTime };
  }
  return { checksum: txSoftwareChecksum ? 'kernel' : 'device', timestamp: true, launchTime };
}

function force(
  socket: OptionTarget,
  level: number,
  option: number,
  value: number,
  name: string,
): void {
  // A process without the right may have got a socket that has it already.
  if (socket.getOption(level, option) === value) return;
  const result = socket.setOption(level, option, value);
  if (result === 0) return;
  const denied = result === errno.EPERM || result === errno.EACCES;
  const code: FluxErrorCode = denied ? 'FLUX_PERMISSION' : 'FLUX_UNSUPPORTED';
  throw new FluxError(code, `could not set ${name} to ${value}`, {
    errno: result,
    syscall: `setsockopt(${name})`,
    hint: denied ? 'it needs CAP_NET_ADMIN' : 'this kernel does not have it: leave the option out',
    context: { option: name, value },
  });
}
