/** What becomes of a packet: the index of a port that it leaves by, or one of these. */
export const DROP = -1;
/** It is nobody's any more in this batch: carried out already, or taken out of it. */
export const GONE = -2;

/** Descriptors that one packet may have. The kernel makes at most 37 of 64 KiB in 2 KiB frames. */
export const MAX_FRAGMENTS = 64;

/**
 * Packets as a structure of arrays, which a batch and its cursors show to the user. Rows are used
 * again for every batch, so that none is allocated.
 *
 * A packet lies at `offsets[i]` in the memory. One of several descriptors begins there as well;
 * its pieces are in the fragment arrays, the first included, from `firstFragments[i]` on. Those
 * are looked at only where `fragmented` says that the batch has such a packet.
 */
export class PacketTable {
  /** Every byte of the shared memory. */
  readonly data: Uint8Array;
  /** The same memory, for multi-byte fields. */
  readonly view: DataView;
  /** Bytes of a frame that a packet may occupy, and from one frame to the next. */
  readonly chunkSize: number;
  readonly stride: number;
  /** Bytes in front of a packet that its TX metadata needs. */
  readonly reserved: number;
  readonly capacity: number;
  readonly offsets: Int32Array;
  /** Of the whole packet. */
  readonly lengths: Int32Array;
  readonly actions: Int16Array;
  readonly fragmentCounts: Uint8Array;
  readonly firstFragments: Int32Array;
  readonly fragmentOffsets: Int32Array;
  readonly fragmentLengths: Int32Array;
  count = 0;
  fragmented = false;
  /** Index of the port and id of the queue that received them. */
  port = 0;
  queueId = 0;
  /** The port that leads to the host's stack from here; -1 where there is none. */
  hostPort = -1;
  /** Changes with every batch: a cursor of another one is stale. */
  generation = 0;
  #fragmentsUsed = 0;

  /** @param fragments room for fragments, of all packets together; 0 where there are none */
  constructor(memory: PacketMemory, capacity: number, fragments: number) {
    this.data = memory.bytes;
    this.view = memory.view;
    this.chunkSize = memory.frameSize;
    this.stride = memory.frames.frameSize;
    this.reserved = memory.registration.txMetadataLength;
    this.capacity = capacity;
    this.offsets = new Int32Array(capacity);
    this.lengths = new Int32Array(capacity);
    this.actions = new Int16Array(capacity);
    this.fragmentCounts = new Uint8Array(capacity);
    this.firstFragments = new Int32Array(capacity);
    this.fragmentOffsets = new Int32Array(fragments);
    this.fragmentLengths = new Int32Array(fragments);
  }

  /** Begins a new batch: everything in the table is forgotten, every cursor stale. */
  begin(port: number, queueId: number, hostPort: number): void {
    this.port = port;
    this.queueId = queueId;
    this.hostPort = hostPort;
    this.clear();
  }

  clear(): void {
    this.count = 0;
    this.fragmented = false;
    this.#fragmentsUsed = 0;
    this.generation = (this.generation + 1) | 0;
  }

  /** Adds a packet of one descriptor, to be dropped unless somebody says otherwise. */
  add(offset: number, length: number): void {
    const i = this.count++;
    this.offsets[i] = offset;
    this.lengths[i] = length;
    this.actions[i] = DROP;
    this.fragmentCounts[i] = 1;
  }

  /** One more piece of the packet that was added last. */
  extend(offset: number, length: number): void {
    const i = this.count - 1;
    if (this.fragmentCounts[i] === 1) {
      this.fragmented = true;
      this.firstFragments[i] = this.#fragmentsUsed;
      this.#addFragment(this.offsets[i]!, this.lengths[i]!);
    }
    this.#addFragment(offset, length);
    this.fragmentCounts[i]!++;
    this.lengths[i]! += length;
  }

  #addFragment(offset: number, length: number): void {
    const at = this.#fragmentsUsed++;
    this.fragmentOffsets[at] = offset;
    this.fragmentLengths[at] = length;
  }

  fragmentCount(i: number): number {
    return this.fragmented ? this.fragmentCounts[i]! : 1;
  }

  fragmentOffset(i: number, fragment: number): number {
    return this.fragmentCount(i) === 1
      ? this.offsets[i]!
      : this.fragmentOffsets[this.firstFragments[i]! + fragment]!;
  }

  fragmentLength(i: number, fragment: number): number {
    return this.fragmentCount(i) === 1
      ? this.lengths[i]!
      : this.fragmentLengths[this.firstFragments[i]! + fragment]!;
  }

  /** Where the frame begins that an address is in. */
  frameOf(address: number): number {
    return address - (address % this.stride);
  }
}

/** Memory that packets lie in: a `Umem`, or what a test has instead. */
export interface PacketMemory {
  readonly bytes: Uint8Array;
  readonly view: DataView;
  readonly frameSize: number;
  readonly frames: { readonly frameSize: number };
  readonly registration: { readonly txMetadataLength: number };
}
