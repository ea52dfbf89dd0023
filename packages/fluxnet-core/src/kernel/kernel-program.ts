import type {
  AttachBy,
  AttachMode,
  Program,
  ProgramCounters,
  ProgramOptions,
} from '../contract/program.js';
import type { Socket } from '../contract/socket.js';
import { isFluxError } from '../errors.js';
import { checkInteger, invalid } from '../options.js';
import { Resource } from '../resource.js';
import { attachConflict } from './attach-conflict.js';
import { attachRefusals } from './attach-refusals.js';
import { dispatcherAnswers, requireDispatcherSupport } from './dispatcher.js';
import { readIfindex } from './interface-facts.js';
import { KernelSocket } from './kernel-socket.js';
import { adoptProgram } from './loaded-program.js';
import type { Native, NativeDispatcherLink, NativeProgram } from './native.js';
import { checkProgramOptions } from './program-options.js';
import { type Answer, type Attempt, attempt, noteLog } from './system-error.js';
import { type FileSource, loadFile, programOf, selectProgram } from './xdp-object.js';

/** Slots of the redirect program's counters (native/bpf/redirect.h). */
const REDIRECTED = 0;
const PASSED = 1;

/** An XDP program, alone on its interface or behind libxdp's dispatcher. */
export class KernelProgram extends Resource implements Program {
  readonly handle: NativeProgram;
  readonly ifname: string;
  readonly ifindex: number;
  readonly id: number;
  readonly attachMode: AttachMode;
  readonly attachBy: AttachBy;
  readonly multiBuffer: boolean | undefined;
  readonly #native: Native;
  /** By queue id. */
  readonly #slots = new Map<number, SocketSlot>();
  readonly #counts: boolean;
  readonly #dispatcherLink: NativeDispatcherLink | undefined;

  constructor(native: Native, options: ProgramOptions) {
    super();
    checkProgramOptions(options);
    const { ifname, source, maxQueues } = options;
    this.#native = native;
    this.ifname = ifname;
    this.ifindex = readIfindex(native, ifname);
    this.#counts = source.kind === 'redirect';
    this.attachBy = options.attachBy ?? 'link';
    if (this.attachBy === 'dispatcher') {
      requireDispatcherSupport(native);
      const joined = this.#tryModes(options.attachMode, (mode) =>
        this.#join(mode, source as FileSource, maxQueues),
      );
      this.handle = joined.result.handle;
      this.#dispatcherLink = joined.result.link;
      this.multiBuffer = undefined; // As the dispatcher, and so as everybody behind it.
      this.attachMode = joined.mode;
    } else {
      const loaded = load(native, options);
      this.handle = loaded.handle;
      this.multiBuffer = loaded.multiBuffer;
      try {
        this.attachMode = this.#tryModes(options.attachMode, (mode) => this.#attach(mode)).mode;
      } catch (error) {
        this.handle.close();
        throw error;
      }
    }
    this.id = this.handle.id();
  }

  #tryModes<T>(wanted: AttachMode | 'auto', attach: (mode: AttachMode) => T) {
    const inMode = (mode: AttachMode) => ({ mode, result: attach(mode) });
    if (wanted !== 'auto') return inMode(wanted);
    try {
      return inMode('native');
    } catch (error) {
      // Another program, a missing right, a vanished interface: no reason for the slow mode.
      if (!isFluxError(error, 'FLUX_UNSUPPORTED')) throw error;
      return inMode('generic');
    }
  }

  #attach(mode: AttachMode): void {
    attempt(this.#attempt(mode), () => this.handle.attach(this.ifindex, mode === 'generic'));
  }

  /** libxdp loads the program as it attaches it, so that each attempt needs a fresh object. */
  #join(mode: AttachMode, source: FileSource, maxQueues: number) {
    const selected = selectProgram(this.#native, source, maxQueues);
    try {
      const { answers, ...what } = this.#attempt(mode);
      const link = attempt(
        { ...what, answers: { ...answers, ...dispatcherAnswers } },
        () => new this.#native.DispatcherLink(selected.object, this.ifindex, mode === 'generic'),
      );
      noteLog(link.log());
      try {
        return { link, handle: programOf(this.#native, source, selected) };
      } catch (error) {
        link.close();
        throw error;
      }
    } finally {
      selected.object.close();
    }
  }

  #attempt(mode: AttachMode): Attempt {
    const { ifname } = this;
    const conflict = () => attachConflict(this.#native, ifname);
    return {
      doing: `attach to ${ifname} in ${mode} mode`,
      context: { ifname, attachMode: mode },
      answers: { ...attachRefusals(ifname, mode), EBUSY: conflict, EEXIST: conflict },
    };
  }

  setSocket(socket: Socket): void {
    this.assertOpen();
    if (!(socket instanceof KernelSocket)) {
      throw invalid('socket', socket, 'a socket of the kernel backend');
    }
    const { handle, queue } = socket;
    attempt(
      {
        doing: `send the frames of queue ${queue.queueId} to its socket`,
        ...this.#slot(queue.queueId, 'E2BIG'),
      },
      () => this.handle.setSocket(queue.queueId, handle),
    );
    const previous = this.#slots.get(queue.queueId);
    if (previous?.socket === socket) return;
    this.#slots.set(queue.queueId, new SocketSlot(socket, (slot) => this.#leave(slot)));
    previous?.close();
  }

  /** A closed socket leaves its slot; the kernel does that only when the whole queue goes. */
  #leave(slot: SocketSlot): void {
    const { queueId } = slot.socket.queue;
    if (!this.closed && this.#slots.get(queueId) === slot) this.clearSocket(queueId);
  }

  clearSocket(queueId: number): void {
    this.assertOpen();
    checkInteger('queueId', queueId, 0, 2 ** 32 - 1);
    attempt(
      { doing: `clear the socket of queue ${queueId}`, ...this.#slot(queueId, 'EINVAL') },
      () => this.handle.clearSocket(queueId),
    );
    const slot = this.#slots.get(queueId);
    this.#slots.delete(queueId);
    slot?.close();
  }

  /** The answer to a slot that the socket map does not have (net/xdp/xskmap.c). */
  #slot(queueId: number, errnoName: string) {
    const maxQueues = this.handle.maxQueues();
    const answer: Answer = {
      code: 'FLUX_QUEUE_OUT_OF_RANGE',
      hint: `the socket map has ${maxQueues} slots: open the program with maxQueues above ${queueId}`,
    };
    return { context: { queueId, maxQueues }, answers: { [errnoName]: answer } };
  }

  counters(): ProgramCounters {
    this.assertOpen();
    if (!this.#counts) return { redirected: undefined, passed: undefined };
    return attempt({ doing: 'read the counters' }, () => ({
      redirected: this.handle.counter(REDIRECTED),
      passed: this.handle.counter(PASSED),
    }));
  }

  protected override release(): void {
    for (const slot of this.#slots.values()) slot.close();
    this.handle.close();
    attempt(
      {
        doing: `leave the dispatcher of ${this.ifname}`,
        context: { ifname: this.ifname, programId: this.id },
      },
      () => this.#dispatcherLink?.close(),
    );
  }
}

function load(
  native: Native,
  { source, maxQueues }: ProgramOptions,
): { handle: NativeProgram; multiBuffer: boolean | undefined } {
  if (source.kind === 'pinned' || source.kind === 'fd') {
    return { handle: adoptProgram(native, source, maxQueues), multiBuffer: undefined };
  }
  const loaded = loadFile(native, source, maxQueues);
  try {
    return { handle: programOf(native, source, loaded), multiBuffer: loaded.multiBuffer };
  } finally {
    loaded.object.close();
  }
}

/** A socket's place in the map: closed with the socket, or when another takes the place. */
class SocketSlot extends Resource {
  readonly socket: KernelSocket;
  readonly #onClose: (slot: SocketSlot) => void;

  constructor(socket: KernelSocket, onClose: (slot: SocketSlot) => void) {
    super(socket);
    this.socket = socket;
    this.#onClose = onClose;
    this.opened();
  }

  protected override release(): void {
    this.#onClose(this);
  }
}
