import assert from 'node:assert/strict';
import type { Program } from '../contract/program.js';
import type { Pair, PairOptions } from './environment.js';
import type { Port, PortOptions } from './port.js';
import type { TestProgram } from './programs.js';
import type { Rig } from './rig.js';
import { type Descriptor, pending, pushFill, pushTx, takeCompletions, takeRx } from './rings.js';

/** Bytes of a packet where its length does not matter. */
export const LENGTH = 64;

export interface WireOptions {
  readonly pair?: PairOptions;
  /** Both ports. */
  readonly ports?: PortOptions;
  readonly sender?: PortOptions;
  readonly receiver?: PortOptions;
  readonly program?: TestProgram;
  /** Chunks that the receiver gives to the kernel: 0, 1, … Default 32. */
  readonly fill?: number;
}

/** A sender on one end, a receiver with a program on the other. */
export class Wire {
  readonly rig: Rig;
  readonly pair: Pair;
  readonly sender: Port;
  readonly receiver: Port;
  readonly program: Program;

  constructor(rig: Rig, options: WireOptions = {}) {
    const { fill = 32, ports } = options;
    this.rig = rig;
    this.pair = rig.pair(options.pair);
    this.sender = rig.port(this.pair.a, { ...ports, ...options.sender });
    this.receiver = rig.port(this.pair.b, { ...ports, ...options.receiver });
    this.program = rig.attach(this.receiver, options.program);
    this.fill(...Array.from({ length: fill }, (_, chunk) => chunk));
  }

  /** Gives chunks of the receiver to the kernel, by number. */
  fill(...chunks: number[]): void {
    const { chunkSize } = this.receiver.umem;
    pushFill(this.receiver.queue.fill, ...chunks.map((chunk) => chunk * chunkSize));
  }

  /** Queues packets of a length that carry a number each; packet *n* lies in chunk *n*. */
  queue(numbers: readonly number[], length = LENGTH): void {
    pushTx(this.sender.socket.tx, ...numbers.map((number) => this.packet(number, length)));
  }

  /** Writes a packet into the sender's memory. */
  packet(number: number, length = LENGTH): Descriptor {
    const { bytes, memory, umem } = this.sender;
    const chunk = (number * umem.chunkSize) % memory.size;
    const addr = chunk + umem.txMetadataLength;
    writeNumber(bytes, addr, number, length);
    return { addr, len: length };
  }

  kick(): number {
    return this.sender.socket.kick();
  }

  /** Takes `count` packets, once they are there, and says which. */
  async receive(count: number): Promise<number[]> {
    return (await this.receiveDescriptors(count)).map(({ addr }) => this.numberAt(addr));
  }

  async receiveDescriptors(count: number) {
    const { rx } = this.receiver.socket;
    await this.rig.until(`${count} packets arrive`, () => pending(rx!) >= count);
    return takeRx(rx);
  }

  /** The number of the packet at an address of the receiver's memory. */
  numberAt(addr: number): number {
    const { bytes } = this.receiver;
    return bytes[addr + 12]! | (bytes[addr + 13]! << 8);
  }

  /** Takes `count` completions, once they are there. */
  async complete(count: number): Promise<bigint[]> {
    const { completion } = this.sender.queue;
    await this.rig.until(`${count} completions`, () => pending(completion) >= count);
    return takeCompletions(completion);
  }

  /** Everything that was sent is through: a last packet arrives, with this number, alone. */
  async expectNothingBefore(number: number): Promise<void> {
    this.queue([number]);
    assert.equal(this.kick(), 0);
    assert.deepEqual(await this.receive(1), [number]);
  }
}

function writeNumber(bytes: Uint8Array, addr: number, number: number, length: number): void {
  bytes.fill(0x55, addr, addr + length);
  if (length < 14) return;
  // Where the EtherType is: all that a short frame has room for.
  bytes[addr + 12] = number & 0xff;
  bytes[addr + 13] = number >> 8;
}
