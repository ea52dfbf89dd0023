/**
 * The Toeplitz hash that network cards spread packets over their queues with (Microsoft, "RSS
 * Hashing Functions"). For every bit of the input that is set, the 32 bits of the key that begin at
 * the same place are added without carry. The sums of each byte are in tables, so that a hash takes
 * one look per byte.
 */

const WORD_BYTES = 4;
const BYTE_VALUES = 256;
const ADDRESSES_V4 = 8;
const ADDRESSES_V6 = 32;
const PORTS = 4;
/** Source and destination addresses of IPv6, and ports. */
const MAX_INPUT = ADDRESSES_V6 + PORTS;

/** In an IPv4 and an IPv6 header: source address, then destination address. */
const IPV4_ADDRESSES = 12;
const IPV6_ADDRESSES = 8;

/** The key of Microsoft's verification vectors, the default of many drivers. */
export const MICROSOFT_RSS_KEY: readonly number[] = Object.freeze([
  0x6d, 0x5a, 0x56, 0xda, 0x25, 0x5b, 0x0e, 0xc2, 0x41, 0x67, 0x25, 0x3d, 0x43, 0xa3, 0x8f, 0xb0,
  0xd0, 0xca, 0x2b, 0xcb, 0xae, 0x7b, 0x30, 0xb4, 0x77, 0xcb, 0x2d, 0xa3, 0x80, 0x30, 0xf2, 0x0c,
  0x6a, 0x42, 0xb7, 0x3b, 0xbe, 0xac, 0x01, 0xfa,
]);

/**
 * A key that repeats every 16 bits, so that both directions of a flow have the same hash (Woo,
 * Park, "Scalable TCP Session Monitoring with Symmetric Receive-side Scaling", 2012).
 */
export const SYMMETRIC_RSS_KEY: readonly number[] = Object.freeze(
  Array.from({ length: MAX_INPUT + WORD_BYTES }, (_, i) => (i % 2 === 0 ? 0x6d : 0x5a)),
);

export class ToeplitzHash {
  readonly #tables: Int32Array;

  /** @param key at least 40 bytes: what `ethtool -x` shows */
  constructor(key: ArrayLike<number> = MICROSOFT_RSS_KEY) {
    if (key.length < MAX_INPUT + WORD_BYTES) {
      throw new RangeError(
        `the key has ${key.length} bytes; it must have at least ${MAX_INPUT + WORD_BYTES}`,
      );
    }
    this.#tables = new Int32Array(MAX_INPUT * BYTE_VALUES);
    for (let i = 0; i < MAX_INPUT; i++) this.#fillTable(key, i);
  }

  /** Over the addresses of the IPv4 header and, unless its offset is -1, over the ports. */
  ipv4(view: DataView, ipOffset: number, portsOffset = -1): number {
    const addresses = this.#sum(view, ipOffset + IPV4_ADDRESSES, ADDRESSES_V4, 0);
    if (portsOffset < 0) return addresses >>> 0;
    return (addresses ^ this.#sum(view, portsOffset, PORTS, ADDRESSES_V4)) >>> 0;
  }

  /** Over the addresses of the IPv6 header and, unless its offset is -1, over the ports. */
  ipv6(view: DataView, ipOffset: number, portsOffset = -1): number {
    const addresses = this.#sum(view, ipOffset + IPV6_ADDRESSES, ADDRESSES_V6, 0);
    if (portsOffset < 0) return addresses >>> 0;
    return (addresses ^ this.#sum(view, portsOffset, PORTS, ADDRESSES_V6)) >>> 0;
  }

  #sum(view: DataView, offset: number, length: number, position: number): number {
    const tables = this.#tables;
    let hash = 0;
    for (let i = 0; i < length; i++) {
      hash ^= tables[(position + i) * BYTE_VALUES + view.getUint8(offset + i)]!;
    }
    return hash;
  }

  #fillTable(key: ArrayLike<number>, i: number): void {
    const table = this.#tables.subarray(i * BYTE_VALUES, (i + 1) * BYTE_VALUES);
    const word = (key[i]! << 24) | (key[i + 1]! << 16) | (key[i + 2]! << 8) | key[i + 3]!;
    const next = key[i + WORD_BYTES]!;
    for (let bit = 0; bit < 8; bit++) {
      // The 32 bits of the key from this bit on.
      const window = bit === 0 ? word : (word << bit) | (next >>> (8 - bit));
      const value = 0x80 >>> bit;
      for (let byte = 0; byte < BYTE_VALUES; byte++)
        if ((byte & value) !== 0) table[byte]! ^= window;
    }
  }
}

/** Which queue a card puts a hash into: its indirection table, as `ethtool -x` shows it. */
export class RssIndirection {
  readonly #queues: Int32Array;

  /** @param queues as many as a power of two */
  constructor(queues: ArrayLike<number>) {
    const { length } = queues;
    if (length === 0 || (length & (length - 1)) !== 0) {
      throw new RangeError(`the table has ${length} entries; it must have a power of two`);
    }
    this.#queues = Int32Array.from(queues);
  }

  /** What a driver sets up by itself, and `ethtool -X <interface> equal <queues>`. */
  static equal(queueCount: number, size = 128): RssIndirection {
    return new RssIndirection(Array.from({ length: size }, (_, i) => i % queueCount));
  }

  queueOf(hash: number): number {
    return this.#queues[hash & (this.#queues.length - 1)]!;
  }
}
