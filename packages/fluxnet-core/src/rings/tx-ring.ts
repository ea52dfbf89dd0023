import { DESC_TX_METADATA, type RingRegion } from '../contract/ring.js';
import { ProducerRing } from './producer-ring.js';
import type { TxMetadata } from './tx-metadata.js';
import type { TxRequest } from './tx-request.js';

/** Packets to send. Entries are descriptors `{u64 addr, u32 len, u32 options}`. */
export class TxRing extends ProducerRing {
  readonly #metadata: TxMetadata | undefined;
  readonly #needsRoom: boolean;

  constructor(region: RingRegion, metadata?: TxMetadata) {
    super(region);
    this.#metadata = metadata;
    this.#needsRoom = metadata !== undefined && metadata.length > 0;
  }

  /**
   * Writes the reserved entry at `position`. The frame belongs to the kernel from `submit` until
   * its address comes back on the completion ring.
   * @param address byte offset of the packet in the memory
   * @param length bytes
   * @param options `DESC_CONTINUED` when the packet goes on in the next entry, else 0; the bit
   * `DESC_TX_METADATA` is dropped, as nobody has checked what stands in front of the packet
   * @throws {RangeError} with TX metadata, when there is no room for it in front of the packet
   */
  setDescriptor(position: number, address: number, length: number, options: number): void {
    if (this.#needsRoom) this.#metadata!.checkRoom(address, length);
    this.#write(position, address, length, options & ~DESC_TX_METADATA);
  }

  /**
   * As `setDescriptor`, and asks for something with the packet. The request is written in front of
   * the packet, so last; in a packet of several entries it goes with the first.
   * @throws {RangeError} when the request cannot be met for this packet; the entry is not written
   */
  setDescriptorWith(
    position: number,
    address: number,
    length: number,
    options: number,
    request: TxRequest,
  ): void {
    if (this.#metadata === undefined) throw new RangeError('the ring takes no requests');
    const bit = this.#metadata.write(address, length, options, request);
    this.#write(position, address, length, (options & ~DESC_TX_METADATA) | bit);
  }

  #write(position: number, address: number, length: number, options: number): void {
    const word = this.base + (((this.first + position) & this.mask) << 2);
    this.words[word] = address;
    this.words[word + 1] = 0;
    this.words[word + 2] = length;
    this.words[word + 3] = options;
  }
}
