import {
  CompletionRing,
  FillRing,
  FramePool,
  type Queue,
  RING_NEED_WAKEUP,
  type RingRegion,
  RxRing,
  type Socket,
  TxRing,
} from 'fluxnet-core';
import { PortQueue } from '../datapath/port-queue.js';

/** One received piece of a packet, as the kernel would write it. */
export interface Received {
  readonly address: number;
  readonly length: number;
  readonly options?: number;
}

export interface MemoryQueueOptions {
  readonly frameCount?: number;
  readonly ringSize?: number;
  readonly txRingSize?: number;
  readonly multiBuffer?: boolean;
}

/** A queue over plain memory: the test plays the kernel, word by word. */
export class MemoryQueue {
  readonly frames: FramePool;
  readonly bytes: Uint8Array;
  readonly view: DataView;
  readonly frameSize = 2048;
  readonly registration = { txMetadataLength: 0 };
  readonly regions: Readonly<Record<'rx' | 'tx' | 'fill' | 'completion', RingRegion>>;
  readonly queue: PortQueue;
  /** What `sendto` returns; by default it takes everything and completes it. */
  kick: () => number = () => {
    this.complete(this.transmitted().length);
    return 0;
  };

  constructor(options: MemoryQueueOptions = {}) {
    const { frameCount = 64, ringSize = 32, txRingSize = ringSize, multiBuffer = false } = options;
    const frames = new FramePool(this.frameSize, frameCount);
    this.frames = frames;
    this.bytes = new Uint8Array(this.frameSize * frameCount);
    this.view = new DataView(this.bytes.buffer);
    this.regions = {
      rx: region(ringSize, 16),
      tx: region(txRingSize, 16),
      fill: region(ringSize, 8),
      completion: region(ringSize, 8),
    };
    const { rx, tx, fill, completion } = this.regions;
    new Int32Array(tx.buffer)[tx.flagsOffset >> 2] = RING_NEED_WAKEUP;
    const parts = {
      socket: this.#socket(),
      rx: new RxRing(rx),
      tx: new TxRing(tx),
      fill: new FillRing(fill),
      completion: new CompletionRing(completion),
      frames,
      memorySize: frames.frameCount * frames.frameSize,
      multiBuffer,
    };
    this.queue = new PortQueue(0, parts, Math.floor(frames.frameCount / 2));
    this.queue.egress = [this.queue];
  }

  #socket(): Socket {
    const zero = () => 0;
    const queue = { queueId: 0, ifname: 'memory' } as Queue;
    const socket = { queue, kick: () => this.kick(), wakeRx: zero, socketError: zero };
    return socket as unknown as Socket;
  }

  /** Takes a frame from the fill ring. */
  takeFilled(): number {
    const { fill } = this.regions;
    const words = new Int32Array(fill.buffer);
    const at = words[fill.consumerOffset >> 2]!++;
    return words[(fill.descriptorOffset >> 2) + 2 * (at & (fill.size - 1))]!;
  }

  /** Receives descriptors. */
  receive(...descriptors: readonly Received[]): void {
    for (const { address, length, options = 0 } of descriptors) {
      const words = this.#produce('rx', 4);
      words.set([address, 0, length, options]);
    }
  }

  /** Receives a packet of so many bytes in each of its pieces, in frames of the fill ring. */
  receivePacket(...lengths: readonly number[]): number[] {
    return lengths.map((length, i) => {
      const address = this.takeFilled() + 256;
      this.receive({ address, length, options: i + 1 < lengths.length ? 1 : 0 });
      return address;
    });
  }

  /** Descriptors that wait in the TX ring, consumed. */
  transmitted(): Required<Received>[] {
    const { tx } = this.regions;
    const words = new Int32Array(tx.buffer);
    const sent = [];
    while (words[tx.consumerOffset >> 2] !== words[tx.producerOffset >> 2]) {
      const at = words[tx.consumerOffset >> 2]!++;
      const word = (tx.descriptorOffset >> 2) + 4 * (at & (tx.size - 1));
      const [address = 0, , length = 0, options = 0] = words.subarray(word, word + 4);
      sent.push({ address, length, options });
      this.#sent.push(address);
    }
    return sent;
  }

  readonly #sent: number[] = [];

  /** Completes what was transmitted, the oldest first. */
  complete(count: number): void {
    for (const address of this.#sent.splice(0, count))
      this.#produce('completion', 2).set([address]);
  }

  #produce(name: 'rx' | 'completion', wordsPerEntry: number): Int32Array {
    const ring = this.regions[name];
    const words = new Int32Array(ring.buffer);
    const at = words[ring.producerOffset >> 2]!++;
    const word = (ring.descriptorOffset >> 2) + wordsPerEntry * (at & (ring.size - 1));
    return words.subarray(word, word + wordsPerEntry);
  }
}

function region(size: number, entryBytes: number): RingRegion {
  return {
    buffer: new ArrayBuffer(320 + size * entryBytes),
    producerOffset: 0,
    consumerOffset: 128,
    flagsOffset: 196,
    descriptorOffset: 320,
    size,
  };
}
