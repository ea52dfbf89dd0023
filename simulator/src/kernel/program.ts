import {
  type AttachMode,
  errno,
  FluxError,
  isFluxError,
  type Program,
  type ProgramCounters,
  type ProgramOptions,
  Resource,
  type Socket,
  SteeringModel,
  type XdpFunction,
  type XdpVerdict,
} from 'fluxnet-core';
import { foreignObject, invalidOption, notModelled } from './failures.js';
import type { NetDevice } from './net-device.js';
import { SimSocket } from './socket.js';
import type { XdpBuffer } from './xdp-buffer.js';

/** A page without headroom, `skb_shared_info` and Ethernet header (`veth_xdp_set`). */
export const MAX_LINEAR_MTU = 4096 - 256 - 320 - 14;

/**
 * An XDP program with its socket map: ours, `bpf_redirect_map(&map, rx_queue_index, XDP_PASS)`,
 * a function, or steering. A frame whose queue has no socket, or no slot, passes to the host
 * (net/xdp/xskmap.c).
 */
export class SimProgram extends Resource implements Program {
  readonly ifname: string;
  readonly ifindex: number;
  readonly id: number;
  readonly attachMode: AttachMode;
  readonly attachBy = 'link';
  readonly multiBuffer: boolean;
  /** Undefined for the redirect program. */
  readonly run: XdpFunction | undefined;
  readonly steering: SteeringModel | undefined;
  readonly #device: NetDevice;
  readonly #maxQueues: number;
  readonly #slots: (SimSocket | undefined)[] = [];
  readonly #isMapped = (index: number): boolean => this.#slots[index] !== undefined;
  #redirected = 0;
  #passed = 0;

  constructor(device: NetDevice, options: ProgramOptions) {
    super();
    const { attachMode, attachBy, maxQueues, source } = options;
    const { kernel } = device;
    kernel.rights.demand('bpf', 'load an XDP program', 'CAP_BPF', 'CAP_NET_ADMIN');
    kernel.faults.check('openProgram', 'bpf');
    const { kind } = source;
    if (kind !== 'redirect' && kind !== 'function' && kind !== 'steering') {
      throw notModelled('source.kind', kind);
    }
    if (attachBy === 'dispatcher') throw notModelled('attachBy', attachBy);
    if (!(Number.isInteger(maxQueues) && maxQueues > 0)) {
      throw invalidOption('maxQueues', maxQueues, '1 or more', 'bpf');
    }
    this.steering =
      kind === 'steering' ? new SteeringModel('program.source', source, maxQueues) : undefined;
    this.run = kind === 'function' ? source.run : this.steering?.run;
    this.multiBuffer = kind !== 'function' || source.multiBuffer !== false;
    this.attachMode = chooseMode(device, attachMode, this.multiBuffer);
    this.ifname = device.ifname;
    this.ifindex = device.ifindex;
    this.id = kernel.nextId();
    this.#device = device;
    this.#maxQueues = maxQueues;
    device.program = this;
    kernel.trace.add(this.ifname, `program ${this.id} attached, ${this.attachMode}`);
  }

  /** The redirect program's verdict on a frame: the socket of its queue, or none for the host. */
  redirect(queueId: number): SimSocket | undefined {
    const socket = this.#slots[queueId];
    if (socket === undefined) this.#passed++;
    else this.#redirected++;
    return socket;
  }

  /** Runs the function. */
  decide(buffer: XdpBuffer, queueId: number): XdpVerdict {
    buffer.isMapped = this.#isMapped;
    return this.run!(buffer, queueId);
  }

  socketAt(index: number): SimSocket | undefined {
    return this.#slots[index];
  }

  /** `xsk_map_update_elem`: a socket that is not bound is accepted, its frames are dropped. */
  setSocket(socket: Socket, slot = socket?.queue?.queueId): void {
    this.assertOpen();
    const { kernel } = this.#device;
    kernel.faults.check('setSocket', 'bpf(BPF_MAP_UPDATE_ELEM)');
    if (!(socket instanceof SimSocket) || socket.kernel !== kernel) {
      throw foreignObject('socket');
    }
    socket.assertOpen();
    this.#ensureSlot(slot, errno.E2BIG);
    this.#slots[slot] = socket;
    socket.programs.add(this);
  }

  clearSocket(slot: number): void {
    this.assertOpen();
    this.#ensureSlot(slot, errno.EINVAL);
    this.#slots[slot] = undefined;
  }

  /** The socket closes: its slots are empty again. */
  forget(socket: SimSocket): void {
    for (let i = 0; i < this.#slots.length; i++) {
      if (this.#slots[i] === socket) this.#slots[i] = undefined;
    }
  }

  counters(): ProgramCounters {
    this.assertOpen();
    if (this.run !== undefined) return { redirected: undefined, passed: undefined };
    return { redirected: this.#redirected, passed: this.#passed };
  }

  protected override release(): void {
    for (const socket of this.#slots) socket?.programs.delete(this);
    this.#slots.length = 0;
    if (this.#device.program === this) this.#device.program = undefined;
    this.#device.kernel.trace.add(this.ifname, `program ${this.id} detached`);
  }

  #ensureSlot(slot: number, code: number): void {
    if (Number.isInteger(slot) && slot >= 0 && slot < this.#maxQueues) return;
    const message = `the socket map has ${this.#maxQueues} slots, none is ${slot}`;
    throw new FluxError('FLUX_QUEUE_OUT_OF_RANGE', message, {
      errno: code,
      syscall: 'bpf',
      hint: `open the program with maxQueues above ${slot}`,
      context: { slot, maxQueues: this.#maxQueues },
    });
  }
}

/** Native where the driver can, else generic; a mode that was asked for is taken or refused. */
function chooseMode(
  device: NetDevice,
  wanted: AttachMode | 'auto',
  multiBuffer: boolean,
): AttachMode {
  try {
    const mode = wanted === 'auto' ? 'native' : wanted;
    ensureAttachable(device, mode, multiBuffer);
    return mode;
  } catch (error) {
    if (wanted !== 'auto' || !isFluxError(error, 'FLUX_UNSUPPORTED')) throw error;
    ensureAttachable(device, 'generic', multiBuffer);
    return 'generic';
  }
}

/**
 * `dev_xdp_attach` (net/core/dev.c): a link is never replaced (EBUSY), and native and generic
 * mode exclude each other (EEXIST). `veth_xdp_set` (drivers/net/veth.c): a queue for each of the
 * peer's (ENOSPC), and without `xdp.frags` no packet larger than a page (ERANGE).
 */
function ensureAttachable(device: NetDevice, mode: AttachMode, multiBuffer: boolean): void {
  const { program, ifname, peer, queueCount } = device;
  if (program !== undefined) {
    const running = `program ${program.id} in ${program.attachMode} mode`;
    throw new FluxError('FLUX_PROGRAM_CONFLICT', `${ifname} already runs ${running}`, {
      errno: program.attachMode === mode ? errno.EBUSY : errno.EEXIST,
      syscall: 'bpf',
      hint: `close that program, or add the socket to it: it belongs to this simulation`,
      context: { ifname, programId: program.id, attachMode: program.attachMode },
    });
  }
  if (mode === 'generic') return;
  if (!device.nativeXdp) throw noNative(ifname, 'its driver runs no programs', errno.EOPNOTSUPP);
  if (peer !== undefined && queueCount < peer.queueCount) {
    throw noNative(ifname, 'it has fewer queues than its peer', errno.ENOSPC);
  }
  if (!multiBuffer && (peer ?? device).mtu > MAX_LINEAR_MTU) {
    throw noNative(ifname, 'its MTU asks for several buffers', errno.ERANGE);
  }
}

function noNative(ifname: string, why: string, code: number): FluxError {
  return new FluxError('FLUX_UNSUPPORTED', `${ifname} cannot run a native program: ${why}`, {
    errno: code,
    syscall: 'bpf',
    hint: "use attachMode: 'auto' or 'generic'",
    context: { ifname },
  });
}
