import { FluxError } from 'fluxnet-core';
import { Counter } from '../datapath/counters.js';
import type { PortQueue } from '../datapath/port-queue.js';
import type { Waits } from '../polling/waits.js';
import { checkLength, packetOffset } from './held-packets.js';
import type { OwnedPacket } from './owned-packet.js';
import type { SystemParts } from './system-parts.js';

export interface SendOptions {
  /** Index of the port to send on. Default 0. */
  readonly port?: number;
  /** Ends the wait for room; what has been handed over by then is sent. */
  readonly signal?: AbortSignal;
}

/** What can be sent: a packet that is owned, which is gone then, or bytes, which are copied. */
export type Sendable = OwnedPacket | Uint8Array;

/** The sending half. */
export class SystemTx {
  readonly #parts: SystemParts;
  readonly #waits: Waits;
  /** One per port: the first of its queues in this thread. */
  readonly #queues: readonly PortQueue[];
  readonly #assertOpen: () => void;

  /** @internal A system has one. */
  constructor(
    parts: SystemParts,
    waits: Waits,
    queues: readonly PortQueue[],
    assertOpen: () => void,
  ) {
    this.#parts = parts;
    this.#waits = waits;
    this.#queues = queues;
    this.#assertOpen = assertOpen;
  }

  /**
   * A new packet, to be written and sent. Its bytes are whatever they were; there is headroom of
   * 256 bytes where the frame has it.
   * @returns undefined when no frame is free
   * @throws {FluxError} `FLUX_TOO_MANY_HELD`, `FLUX_CLOSED`
   * @throws {RangeError} when a frame cannot hold it
   */
  allocate(length: number): OwnedPacket | undefined {
    this.#assertOpen();
    if (this.#parts.loop.frames.free === 0) this.#parts.loop.collect();
    return this.#parts.held.allocate(length);
  }

  /**
   * Hands a packet to the TX ring, if there is room and nobody waits for it already. It leaves
   * with the next `flush`, which every wait does as well.
   * @returns false when there is not; an owned packet stays the caller's
   * @throws {FluxError} `FLUX_CLOSED`
   * @throws {RangeError} when there is no such port, the packet is not of this system or was sent
   * before, or the bytes do not fit into a frame
   */
  trySend(packet: Sendable, port = 0): boolean {
    this.#assertOpen();
    const queue = this.#queue(port);
    this.#check(queue, packet);
    return this.#waits.isFree('room') && this.#enqueue(queue, packet);
  }

  /**
   * Hands packets to the TX ring, in order, waits for room where there is none, and makes the
   * kernel send them. Many in one call cost one system call.
   * @throws {FluxError} `FLUX_CLOSED`, `FLUX_INTERFACE_REMOVED`; `signal.reason` when aborted;
   * packets that were not handed over stay the caller's
   * @throws {RangeError} as `trySend`
   */
  async send(packets: Sendable | readonly Sendable[], options: SendOptions = {}): Promise<void> {
    const { port = 0, signal } = options;
    signal?.throwIfAborted();
    const queue = this.#queue(port);
    const list = Array.isArray(packets) ? (packets as readonly Sendable[]) : [packets as Sendable];
    for (const packet of list) {
      this.#assertOpen();
      this.#check(queue, packet);
      if (this.#waits.isFree('room') && this.#waits.mayAnswer && this.#enqueue(queue, packet)) {
        continue;
      }
      await this.#waits.wait('room', () => this.#enqueueHeld(queue, packet), signal);
    }
    this.#parts.flush();
  }

  /**
   * Makes the kernel send, and resolves when it has taken everything.
   * @throws as `send`
   */
  async flush(options: { readonly signal?: AbortSignal } = {}): Promise<void> {
    this.#assertOpen();
    options.signal?.throwIfAborted();
    const isOut = () => {
      this.#parts.flush();
      this.#parts.loop.collect();
      return !this.#parts.loop.queues.some((queue) => queue.flushPending);
    };
    if (isOut()) return;
    await this.#waits.wait('room', isOut, options.signal);
  }

  #queue(port: number): PortQueue {
    const queue = this.#queues[port];
    if (queue !== undefined) return queue;
    throw new RangeError(`send on port ${port}: ports are 0 to ${this.#queues.length - 1}`);
  }

  #check(queue: PortQueue, packet: Sendable): void {
    const { held, loop } = this.#parts;
    if (packet instanceof Uint8Array) checkLength(loop.table, packet.length);
    else if (held.rowOf(packet) < 0) {
      throw new RangeError(
        'send: the packet was sent or released before, or is not of this system',
      );
    } else if (packet.fragmentCount > queue.capacity) {
      throw new RangeError(
        `send: ${packet.fragmentCount} fragments, the TX ring takes ${queue.capacity}`,
      );
    }
  }

  /** As `#enqueue`; a packet that was released while it waited is gone. */
  #enqueueHeld(queue: PortQueue, packet: Sendable): boolean {
    const gone = !(packet instanceof Uint8Array) && this.#parts.held.rowOf(packet) < 0;
    return gone || this.#enqueue(queue, packet);
  }

  #enqueue(queue: PortQueue, packet: Sendable): boolean {
    if (this.#write(queue, packet)) return true;
    this.#parts.flush();
    this.#parts.loop.collect();
    return this.#write(queue, packet);
  }

  #write(queue: PortQueue, packet: Sendable): boolean {
    return packet instanceof Uint8Array
      ? this.#writeBytes(queue, packet)
      : this.#writeOwned(queue, packet);
  }

  #writeOwned(queue: PortQueue, packet: OwnedPacket): boolean {
    const { held } = this.#parts;
    const row = held.rowOf(packet);
    queue.want(held.table.fragmentCount(row));
    queue.reserve();
    const written = queue.enqueuePacket(held.table, row);
    queue.submit();
    if (written) {
      held.disown(row);
      queue.counters[Counter.sent]!++;
    }
    return written;
  }

  #writeBytes(queue: PortQueue, bytes: Uint8Array): boolean {
    const { frames, table } = this.#parts.loop;
    const frame = frames.take();
    if (frame < 0) return false;
    const offset = frame + packetOffset(table, bytes.length);
    queue.want(1);
    queue.reserve();
    const granted = queue.hasRoom;
    if (granted) {
      table.data.set(bytes, offset);
      queue.enqueue(offset, bytes.length);
      queue.counters[Counter.sent]!++;
    }
    queue.submit();
    if (!granted) frames.give(frame);
    return granted;
  }
}

export function closedError(): FluxError {
  return new FluxError('FLUX_CLOSED', 'the system was closed');
}
