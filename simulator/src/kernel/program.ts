import {
  type AttachMode,
  errno,
  FluxError,
  type Program,
  type ProgramCounters,
  type ProgramOptions,
  Resource,
  type Socket,
} from 'fluxnet-core';
import { foreignObject, invalidOption, notModelled } from './failures.js';
import type { NetDevice } from './net-device.js';
import { SimSocket } from './socket.js';

/**
 * The redirect program and its socket map: `bpf_redirect_map(&map, rx_queue_index, XDP_PASS)`.
 * A frame whose queue has no socket, or no slot, passes to the host (net/xdp/xskmap.c).
 */
export class SimProgram extends Resource implements Program {
  readonly ifname: string;
  readonly ifindex: number;
  readonly id: number;
  readonly attachMode: AttachMode;
  readonly attachBy = 'link';
  readonly multiBuffer = true;
  readonly #device: NetDevice;
  readonly #maxQueues: number;
  readonly #slots = new Map<number, SimSocket>();
  #redirected = 0;
  #passed = 0;

  constructor(device: NetDevice, { attachMode, attachBy, maxQueues, source }: ProgramOptions) {
    super();
    if (source.kind !== 'redirect') throw notModelled('source.kind', source.kind);
    if (attachBy === 'dispatcher') throw notModelled('attachBy', attachBy);
    if (!(Number.isInteger(maxQueues) && maxQueues > 0)) {
      throw invalidOption('maxQueues', maxQueues, '1 or more', 'bpf');
    }
    this.attachMode = attachMode === 'auto' ? 'native' : attachMode;
    ensureUnattached(device, this.attachMode);
    this.ifname = device.ifname;
    this.ifindex = device.ifindex;
    this.id = device.kernel.nextId();
    this.#device = device;
    this.#maxQueues = maxQueues;
    device.program = this;
  }

  /** The verdict on a frame: the socket of its queue, or undefined for the host. */
  redirect(queueId: number): SimSocket | undefined {
    const socket = this.#slots.get(queueId);
    if (socket === undefined) this.#passed++;
    else this.#redirected++;
    return socket;
  }

  /** `xsk_map_update_elem`: a socket that is not bound is accepted, its frames are dropped. */
  setSocket(socket: Socket, slot = socket?.queue?.queueId): void {
    this.assertOpen();
    if (!(socket instanceof SimSocket) || socket.kernel !== this.#device.kernel) {
      throw foreignObject('socket');
    }
    socket.assertOpen();
    this.#ensureSlot(slot, errno.E2BIG);
    this.#slots.set(slot, socket);
    socket.programs.add(this);
  }

  clearSocket(slot: number): void {
    this.assertOpen();
    this.#ensureSlot(slot, errno.EINVAL);
    this.#slots.delete(slot);
  }

  /** The socket closes: its slots are empty again. */
  forget(socket: SimSocket): void {
    for (const [slot, held] of this.#slots) if (held === socket) this.#slots.delete(slot);
  }

  counters(): ProgramCounters {
    this.assertOpen();
    return { redirected: this.#redirected, passed: this.#passed };
  }

  protected override release(): void {
    for (const socket of this.#slots.values()) socket.programs.delete(this);
    this.#slots.clear();
    this.#device.program = undefined;
  }

  #ensureSlot(slot: number, code: number): void {
    if (slot >= 0 && slot < this.#maxQueues) return;
    const message = `the socket map has ${this.#maxQueues} slots, none is ${slot}`;
    throw new FluxError('FLUX_QUEUE_OUT_OF_RANGE', message, {
      errno: code,
      syscall: 'bpf',
      hint: `open the program with maxQueues above ${slot}`,
      context: { slot, maxQueues: this.#maxQueues },
    });
  }
}

/**
 * `dev_xdp_attach` (net/core/dev.c): a link is never replaced (EBUSY), and native and generic
 * mode exclude each other (EEXIST).
 */
function ensureUnattached(device: NetDevice, mode: AttachMode): void {
  const { program, ifname } = device;
  if (program === undefined) return;
  const running = `program ${program.id} in ${program.attachMode} mode`;
  throw new FluxError('FLUX_PROGRAM_CONFLICT', `${ifname} already runs ${running}`, {
    errno: program.attachMode === mode ? errno.EBUSY : errno.EEXIST,
    syscall: 'bpf',
    hint: `close that program, or add the socket to it: it belongs to this simulation`,
    context: { ifname, programId: program.id, attachMode: program.attachMode },
  });
}
