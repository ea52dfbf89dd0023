import type { Readiness, Socket } from './socket.js';

/**
 * A blocking wait on several sockets, for threads that have nothing else to do. The sleeping
 * thread is woken by `interrupt()` through an eventfd that is part of the same wait.
 */
export interface PollSet {
  /** Adds a socket, or changes what is waited for. Returns its index in the set. */
  add(socket: Socket, interest: Readiness): number;

  /**
   * Sleeps until a socket is ready, `interrupt()` was called or the time is over. Returns how
   * many sockets are ready (0 after a timeout or an interrupt), or a negative errno.
   * TX must be flushed before: the kernel transmits inside poll and swallows the error.
   * @param timeoutMs -1 waits without limit
   */
  wait(timeoutMs: number): number;

  /** After `wait`: is the socket at this index readable? */
  readable(index: number): boolean;

  /** After `wait`: is the socket at this index writable? */
  writable(index: number): boolean;

  /** Ends the current or the next `wait` at once. */
  interrupt(): void;

  /**
   * A number by which another thread of this process can interrupt the wait, with
   * `Backend.interrupt`. It stays valid until `close()`; afterwards it does nothing.
   */
  readonly interruptToken: number;

  close(): void;
}
