import {
  errno,
  FluxError,
  type PollSet,
  type Readiness,
  Resource,
  type Socket,
} from 'fluxnet-core';
import { msToNs } from '../time/units.js';
import { foreignObject } from './failures.js';
import type { Kernel } from './kernel.js';
import { SimSocket } from './socket.js';
import type { Waiter } from './wait-queue.js';

interface Entry {
  readonly socket: SimSocket;
  interest: Readiness;
  ready: Readiness;
}

const NOT_READY: Readiness = { readable: false, writable: false };

/**
 * `poll(2)`. The caller is blocked, so time moves on without it: events of the simulation run
 * inside `wait` until a socket is ready. As in the kernel, sockets are polled when the wait
 * starts, after a wake-up and once more when the time is over, not in between.
 */
export class SimPollSet extends Resource implements PollSet {
  readonly #kernel: Kernel;
  readonly #entries: Entry[] = [];
  readonly interruptToken: number;
  #interrupted = false;

  constructor(kernel: Kernel) {
    super();
    this.#kernel = kernel;
    this.interruptToken = kernel.nextId();
    kernel.pollSets.set(this.interruptToken, this);
  }

  add(socket: Socket, interest: Readiness): number {
    this.assertOpen();
    if (!(socket instanceof SimSocket) || socket.kernel !== this.#kernel) {
      throw foreignObject('socket');
    }
    socket.assertOpen();
    const wanted = { readable: interest.readable, writable: interest.writable };
    const index = this.#entries.findIndex((entry) => entry.socket === socket);
    if (index >= 0) {
      this.#entries[index]!.interest = wanted;
      return index;
    }
    return this.#entries.push({ socket, interest: wanted, ready: NOT_READY }) - 1;
  }

  wait(timeoutMs: number): number {
    if (this.closed) return errno.EBADF;
    const { scheduler } = this.#kernel;
    const deadlineNs =
      timeoutMs < 0 ? Number.POSITIVE_INFINITY : scheduler.nowNs + msToNs(timeoutMs);
    let woken = false;
    const waiters = this.#entries.map(({ socket, interest }): [SimSocket, Waiter] => [
      socket,
      (reason) => {
        if (interest[reason]) woken = true;
      },
    ]);
    for (const [socket, waiter] of waiters) socket.waiters.add(waiter);
    try {
      for (;;) {
        woken = false;
        const ready = this.#pollAll();
        if (this.closed) return errno.EBADF;
        if (ready > 0 || this.#interrupted || scheduler.nowNs >= deadlineNs) {
          // The eventfd is part of the same wait: sockets that are ready are told of, too.
          this.#interrupted = false;
          return ready;
        }
        const isOver = () => woken || this.#interrupted || this.closed;
        while (!isOver() && scheduler.nowNs < deadlineNs) this.#passTime(deadlineNs);
      }
    } finally {
      for (const [socket, waiter] of waiters) socket.waiters.remove(waiter);
    }
  }

  readable(index: number): boolean {
    return this.#entries[index]?.ready.readable ?? false;
  }

  writable(index: number): boolean {
    return this.#entries[index]?.ready.writable ?? false;
  }

  interrupt(): void {
    this.#interrupted = true;
  }

  protected override release(): void {
    this.#kernel.pollSets.delete(this.interruptToken);
  }

  #pollAll(): number {
    let count = 0;
    for (const entry of this.#entries) {
      const { readable, writable } = entry.socket.poll();
      entry.ready = {
        readable: readable && entry.interest.readable,
        writable: writable && entry.interest.writable,
      };
      if (entry.ready.readable || entry.ready.writable) count++;
    }
    return count;
  }

  #passTime(deadlineNs: number): void {
    const { scheduler } = this.#kernel;
    if (scheduler.stepUntil(deadlineNs)) return;
    if (deadlineNs === Number.POSITIVE_INFINITY) {
      throw new FluxError('FLUX_UNSUPPORTED', 'wait(-1) would never return: nothing is scheduled', {
        hint: 'schedule traffic, a timer or an interrupt first, or wait with a timeout',
      });
    }
    scheduler.advanceTo(deadlineNs);
  }
}
