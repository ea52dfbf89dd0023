import type { Waits } from '../polling/waits.js';
import type { SystemBatch } from './system-batch.js';
import type { SystemParts } from './system-parts.js';

const DONE: IteratorReturnResult<undefined> = { done: true, value: undefined };

/**
 * The receiving half: batches, one after the other, for one consumer. Asking for the next releases
 * the one before. Ends when the system is closed.
 */
export class SystemRx implements AsyncIterable<SystemBatch> {
  readonly #parts: SystemParts;
  readonly #batch: SystemBatch;
  readonly #waits: Waits;
  readonly #isClosed: () => boolean;
  /** The same for every batch, as the batch itself is. */
  readonly #result: IteratorYieldResult<SystemBatch>;
  #pending: Promise<IteratorResult<SystemBatch, undefined>> | undefined;

  /** @internal A system has one. */
  constructor(parts: SystemParts, batch: SystemBatch, waits: Waits, isClosed: () => boolean) {
    this.#parts = parts;
    this.#batch = batch;
    this.#waits = waits;
    this.#isClosed = isClosed;
    this.#result = { done: false, value: batch };
  }

  /**
   * The next batch if one has arrived, without waiting.
   * @throws {FluxError} `FLUX_RING_CORRUPT`; undefined once the system is closed
   */
  poll(): SystemBatch | undefined {
    if (this.#isClosed() || this.#pending !== undefined) return undefined;
    return this.#parts.receive() ? this.#batch : undefined;
  }

  [Symbol.asyncIterator](): AsyncIterator<SystemBatch, undefined> {
    return this.batches();
  }

  /**
   * Batches until the system is closed, the loop is left, or the signal is aborted.
   * @throws {FluxError} `FLUX_INTERFACE_REMOVED`, `FLUX_RING_CORRUPT`; `signal.reason`
   */
  batches(
    options: { readonly signal?: AbortSignal } = {},
  ): AsyncIterableIterator<SystemBatch, undefined> {
    const { signal } = options;
    const iterator: AsyncIterableIterator<SystemBatch, undefined> = {
      next: () => this.#next(signal),
      return: () => {
        this.#parts.release();
        return Promise.resolve(DONE);
      },
      [Symbol.asyncIterator]: () => iterator,
    };
    return iterator;
  }

  #next(signal: AbortSignal | undefined): Promise<IteratorResult<SystemBatch, undefined>> {
    // One at a time: who asks twice gets the batch after the next.
    if (this.#pending !== undefined) {
      return this.#pending.then(() => this.#next(signal));
    }
    if (this.#isClosed()) return Promise.resolve(DONE);
    if (signal?.aborted === true) {
      this.#parts.release();
      return Promise.reject(signal.reason);
    }
    try {
      if (this.#waits.mayAnswer && this.#parts.receive()) return Promise.resolve(this.#result);
    } catch (error) {
      return Promise.reject(error);
    }
    this.#pending = this.#wait(signal).finally(() => {
      this.#pending = undefined;
    });
    return this.#pending;
  }

  async #wait(signal: AbortSignal | undefined): Promise<IteratorResult<SystemBatch, undefined>> {
    this.#parts.release();
    try {
      await this.#waits.wait('packets', this.#receive, signal);
    } catch (error) {
      if (!this.#isClosed()) throw error;
    }
    return this.#isClosed() ? DONE : this.#result;
  }

  readonly #receive = (): boolean => this.#parts.receive();
}
