import type { PollSet } from '../contract/poll-set.js';
import type { Readiness, Socket } from '../contract/socket.js';
import { errno } from '../errno.js';
import { LeakGuard } from '../leaks.js';
import { Resource } from '../resource.js';
import type { KernelSocket } from './kernel-socket.js';
import type { Native, NativePollSet } from './native.js';
import { attempt } from './system-error.js';

const READABLE = 1;
const WRITABLE = 2;

export class KernelPollSet extends Resource implements PollSet {
  readonly handle: NativePollSet;
  readonly interruptToken: number;
  readonly #leak = new LeakGuard(this, 'a poll set');

  constructor(native: Native) {
    super();
    this.handle = attempt({ doing: 'open a poll set' }, () => new native.PollSet());
    this.interruptToken = this.handle.token();
  }

  add(socket: Socket, interest: Readiness): number {
    return attempt({ doing: 'add a socket to the poll set' }, () =>
      this.handle.add((socket as KernelSocket).handle, interest.readable, interest.writable),
    );
  }

  wait(timeoutMs: number): number {
    if (this.closed) return errno.EBADF;
    return this.handle.wait(timeoutMs);
  }

  readable(index: number): boolean {
    return (this.handle.ready(index) & READABLE) !== 0;
  }

  writable(index: number): boolean {
    return (this.handle.ready(index) & WRITABLE) !== 0;
  }

  interrupt(): void {
    this.handle.interrupt();
  }

  protected override release(): void {
    this.#leak.closed();
    this.handle.close();
  }
}
