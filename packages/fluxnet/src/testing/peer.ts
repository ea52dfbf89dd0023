import type { Backend } from 'fluxnet-core';
import { FluxRaw } from '../raw/raw.js';

const PACKET = 60;
const NUMBER = 14;

/** The far end of a pair: sends numbered packets on one queue, and reads the numbers that return. */
export class Peer {
  readonly raw: FluxRaw;
  readonly numbers: number[] = [];

  private constructor(raw: FluxRaw) {
    this.raw = raw;
  }

  /** One per queue of an interface, with one program. */
  static async open(backend: Backend, ifname: string, queueCount = 1): Promise<Peer[]> {
    const peers: Peer[] = [];
    for (let queueId = 0; queueId < queueCount; queueId++) {
      const program = peers[0]?.raw.program;
      const shared = program === undefined ? {} : { program };
      const options = { backend, ifname, queueId, preset: 'small', ...shared } as const;
      const peer = new Peer(await FluxRaw.open(options));
      peer.#refill();
      peers.push(peer);
    }
    return peers;
  }

  /** Sends packets numbered from `first` on, as fast as there is room. */
  async send(first: number, count: number): Promise<void> {
    const { raw } = this;
    for (let sent = 0; sent < count; ) {
      this.#collect();
      const reserved = raw.tx.reserve(Math.min(count - sent, 16, raw.frames.free));
      for (let i = 0; i < reserved; i++) {
        const address = raw.frames.take();
        raw.data.fill(0, address, address + PACKET);
        raw.view.setUint32(address + NUMBER, first + sent++);
        raw.tx.setDescriptor(i, address, PACKET, 0);
      }
      raw.tx.submit(reserved);
      raw.flush();
      if (reserved === 0) await raw.completed();
    }
  }

  /** Waits for so many packets more, and returns their numbers. */
  async receive(count: number): Promise<number[]> {
    const { raw } = this;
    const begin = this.numbers.length;
    while (this.numbers.length < begin + count) {
      await raw.readable({ signal: AbortSignal.timeout(15_000) });
      this.#drain();
    }
    return this.numbers.slice(begin);
  }

  #drain(): void {
    const { rx, frames, view } = this.raw;
    const count = rx.peek(64);
    for (let i = 0; i < count; i++) {
      this.numbers.push(view.getUint32(rx.address(i) + NUMBER));
      frames.give(rx.address(i));
    }
    rx.release(count);
    this.#collect();
    this.#refill();
  }

  #collect(): void {
    const { completion, frames } = this.raw;
    const count = completion.peek(64);
    for (let i = 0; i < count; i++) frames.give(completion.address(i));
    completion.release(count);
  }

  #refill(): void {
    const { fill, frames } = this.raw;
    const count = fill.reserve(Math.min(64, frames.free - 64));
    for (let i = 0; i < count; i++) fill.setAddress(i, frames.take());
    fill.submit(count);
  }

  close(): Promise<void> {
    return this.raw.close();
  }
}
