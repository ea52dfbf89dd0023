import { FluxError } from 'fluxnet-core';
import { checkRings } from '../datapath/check-rings.js';
import type { PacketLoop } from '../datapath/packet-loop.js';
import type { PortQueue } from '../datapath/port-queue.js';
import type { BatchHandler } from '../options/engine-options.js';
import { copyPacket } from '../packet/resize.js';
import type { Work } from '../polling/event-loop-runner.js';

/** One pass of an engine: every queue's packets through the handler. */
export class EngineWork implements Work {
  readonly #loop: PacketLoop;
  readonly #handler: BatchHandler;
  readonly #continues: boolean;
  /** Goes on where a pass that was blocked has ended, so that no queue is left out. */
  #next = 0;
  #handlerErrors = 0;

  constructor(loop: PacketLoop, handler: BatchHandler, onHandlerError: 'stop' | 'continue') {
    this.#loop = loop;
    this.#handler = handler;
    this.#continues = onHandlerError === 'continue';
  }

  /** Batches that the handler failed on. */
  get handlerErrors(): number {
    return this.#handlerErrors;
  }

  get sending(): boolean {
    return this.#loop.sending;
  }

  /** Packets wait for room in a TX ring, and nothing is received meanwhile. */
  get blocked(): boolean {
    return this.#loop.source !== undefined;
  }

  pass(): number {
    const loop = this.#loop;
    const { queues } = loop;
    let moved = 0;
    try {
      if (loop.source !== undefined) moved += loop.collect();
      for (let i = 0; i < queues.length && loop.settle(); i++) {
        const queue = queues[this.#next]!;
        this.#next = (this.#next + 1) % queues.length;
        moved += loop.receive(queue);
        if (loop.source !== undefined) this.#handle(queue);
      }
    } finally {
      loop.flush(); // Also what was sent before a handler threw.
    }
    checkRings(queues);
    return moved;
  }

  #handle(queue: PortQueue): void {
    const loop = this.#loop;
    try {
      const result: unknown = this.#handler(loop.batch);
      if (result instanceof Promise) {
        result.catch(() => {}); // Reported here, in other words.
        throw new TypeError('it returned a promise: a batch is gone when the handler returns');
      }
    } catch (cause) {
      this.#handlerErrors++;
      const error = this.#continues ? undefined : this.#failure(queue, cause);
      loop.dropAll();
      if (error !== undefined) throw error;
    }
    loop.settle();
  }

  #failure(queue: PortQueue, cause: unknown): FluxError {
    const { table } = this.#loop;
    const packets = Array.from({ length: table.count }, (_, i) => {
      const bytes = new Uint8Array(table.lengths[i]!);
      copyPacket(table, i, bytes, 0);
      return bytes;
    });
    const { ifname, queueId } = queue;
    return new FluxError('FLUX_HANDLER_FAILED', `the handler threw: ${String(cause)}`, {
      cause,
      hint: "context.packets has the bytes of its batch; onHandlerError: 'continue' goes on",
      context: { ifname, queueId, packets },
    });
  }
}
