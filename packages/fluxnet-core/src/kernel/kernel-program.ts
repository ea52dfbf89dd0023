import type { AttachBy, AttachMode, Program, ProgramCounters } from '../contract/program.js';
import type { Socket } from '../contract/socket.js';
import { LeakGuard } from '../leaks.js';
import { checkInteger, invalid } from '../options.js';
import { Resource } from '../resource.js';
import { KernelSocket } from './kernel-socket.js';
import type { KernelSteering } from './kernel-steering.js';
import type { NativeCloseable, NativeProgram } from './native.js';
import { SocketSlot } from './socket-slot.js';
import { type Answer, attempt } from './system-error.js';

/** Slots of the redirect program's counters (native/bpf/redirect.h). */
const REDIRECTED = 0;
const PASSED = 1;
/** Numbers of slots are 32 bits wide. */
const MAX_SLOT = 2 ** 32 - 1;

export interface ProgramFacts {
  readonly ifname: string;
  readonly ifindex: number;
  readonly attachMode: AttachMode;
  readonly attachBy: AttachBy;
  readonly multiBuffer: boolean | undefined;
  /** Where the program itself is with another process. */
  readonly id?: number;
  /** It is the redirect program, with its counters. */
  readonly countsFrames: boolean;
}

/** What is closed with a program, where it has it. */
export interface ProgramParts {
  /** Its place behind a dispatcher. */
  readonly link?: NativeCloseable | undefined;
  readonly steering?: KernelSteering | undefined;
}

/** An XDP program, alone on its interface or behind libxdp's dispatcher. */
export class KernelProgram extends Resource implements Program {
  readonly handle: NativeProgram;
  readonly ifname: string;
  readonly ifindex: number;
  readonly id: number;
  readonly attachMode: AttachMode;
  readonly attachBy: AttachBy;
  readonly multiBuffer: boolean | undefined;
  readonly countsFrames: boolean;
  /** By their number in the socket map. */
  readonly #slots = new Map<number, SocketSlot>();
  readonly steering: KernelSteering | undefined;
  readonly #dispatcherLink: NativeCloseable | undefined;
  readonly #leak: LeakGuard;

  constructor(handle: NativeProgram, facts: ProgramFacts, { link, steering }: ProgramParts = {}) {
    super();
    this.handle = handle;
    this.ifname = facts.ifname;
    this.ifindex = facts.ifindex;
    this.id = facts.id ?? handle.id();
    this.attachMode = facts.attachMode;
    this.attachBy = facts.attachBy;
    this.multiBuffer = facts.multiBuffer;
    this.countsFrames = facts.countsFrames;
    this.steering = steering;
    this.#dispatcherLink = link;
    this.#leak = new LeakGuard(this, `an XDP program on ${this.ifname}`);
  }

  setSocket(socket: Socket, slot = socket?.queue?.queueId): void {
    this.assertOpen();
    if (!(socket instanceof KernelSocket)) {
      throw invalid('socket', socket, 'a socket of the kernel backend');
    }
    checkInteger('slot', slot, 0, MAX_SLOT);
    attempt({ doing: `set the socket of slot ${slot}`, ...this.#slotAttempt(slot, 'E2BIG') }, () =>
      this.handle.setSocket(slot, socket.handle),
    );
    const previous = this.#slots.get(slot);
    if (previous?.socket === socket) return;
    const leave = (place: SocketSlot) => this.#leave(slot, place);
    this.#slots.set(slot, new SocketSlot(socket, leave));
    previous?.close();
  }

  /** A closed socket leaves its slot; the kernel does that only when the whole queue goes. */
  #leave(slot: number, place: SocketSlot): void {
    if (place.socket.handedOver) return; // It may live on elsewhere, and stay in the map.
    if (!this.closed && this.#slots.get(slot) === place) this.clearSocket(slot);
  }

  clearSocket(slot: number): void {
    this.assertOpen();
    checkInteger('slot', slot, 0, MAX_SLOT);
    attempt(
      { doing: `clear the socket of slot ${slot}`, ...this.#slotAttempt(slot, 'EINVAL') },
      () => this.handle.clearSocket(slot),
    );
    const place = this.#slots.get(slot);
    this.#slots.delete(slot);
    place?.close();
  }

  /** The answer to a slot that the socket map does not have (net/xdp/xskmap.c). */
  #slotAttempt(slot: number, errnoName: string) {
    const maxQueues = this.handle.maxQueues();
    const answer: Answer = {
      code: 'FLUX_QUEUE_OUT_OF_RANGE',
      hint: `the socket map has ${maxQueues} slots: open the program with maxQueues above ${slot}`,
    };
    return { context: { slot, maxQueues }, answers: { [errnoName]: answer } };
  }

  counters(): ProgramCounters {
    this.assertOpen();
    if (!this.countsFrames) return { redirected: undefined, passed: undefined };
    return attempt({ doing: 'read the counters' }, () => ({
      redirected: this.handle.counter(REDIRECTED),
      passed: this.handle.counter(PASSED),
    }));
  }

  protected override release(): void {
    this.#leak.closed();
    for (const slot of this.#slots.values()) slot.close();
    this.handle.close();
    this.steering?.close();
    attempt(
      {
        doing: `leave the dispatcher of ${this.ifname}`,
        context: { ifname: this.ifname, programId: this.id },
      },
      () => this.#dispatcherLink?.close(),
    );
  }
}
