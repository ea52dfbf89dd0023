import { checkInteger } from 'fluxnet-core';
import { invalidOption } from '../kernel/failures.js';
import { toeplitz } from './toeplitz.js';

/** The key of Microsoft's specification, which many drivers have, too. */
const DEFAULT_KEY = Uint8Array.of(
  ...[0x6d, 0x5a, 0x56, 0xda, 0x25, 0x5b, 0x0e, 0xc2, 0x41, 0x67, 0x25, 0x3d, 0x43, 0xa3],
  ...[0x8f, 0xb0, 0xd0, 0xca, 0x2b, 0xcb, 0xae, 0x7b, 0x30, 0xb4, 0x77, 0xcb, 0x2d, 0xa3],
  ...[0x80, 0x30, 0xf2, 0x0c, 0x6a, 0x42, 0xb7, 0x3b, 0xbe, 0xac, 0x01, 0xfa],
);
/** The same 16 bits again and again: both directions of a flow have one hash. */
const SYMMETRIC_KEY = Uint8Array.from({ length: 40 }, (_, i) => (i & 1 ? 0x5a : 0x6d));
const KEY_LENGTH = 40;
const TABLE_SIZE = 128;

const ETHERTYPE_VLAN = 0x8100;
const ETHERTYPE_QINQ = 0x88a8;
const ETHERTYPE_IPV4 = 0x0800;
const ETHERTYPE_IPV6 = 0x86dd;
const TCP = 6;
const UDP = 17;

export interface RssOptions {
  /** `default`: Microsoft's; `symmetric`: both directions of a flow on one queue; or 40 bytes. */
  readonly key?: 'default' | 'symmetric' | Uint8Array;
  /** The queue of each hash, modulo its length. Default: 128 entries, the queues in turn. */
  readonly table?: readonly number[];
}

/**
 * Receive side scaling: which queue a frame goes to. The hash is Toeplitz over the addresses, and
 * the ports of TCP and UDP where they are in the frame; all else goes to queue 0.
 */
export class Rss {
  readonly #key: Uint8Array;
  readonly #table: Int32Array;
  readonly #input = new Uint8Array(36);

  constructor(queueCount: number, { key = 'default', table }: RssOptions = {}) {
    const bytes = key === 'default' ? DEFAULT_KEY : key === 'symmetric' ? SYMMETRIC_KEY : key;
    if (!(bytes instanceof Uint8Array) || bytes.length !== KEY_LENGTH) {
      throw invalidOption('key', bytes, `'default', 'symmetric' or ${KEY_LENGTH} bytes`);
    }
    if (table !== undefined && table.length === 0) {
      throw invalidOption('table', '[]', 'one entry or more');
    }
    const entries = table ?? Array.from({ length: TABLE_SIZE }, (_, i) => i % queueCount);
    this.#key = Uint8Array.from(bytes);
    this.#table = Int32Array.from(entries, (queueId, i) =>
      checkInteger(`table[${i}]`, queueId, 0, queueCount - 1),
    );
  }

  queueOf(frame: Uint8Array): number {
    const length = this.#tuple(frame);
    if (length === 0) return 0;
    return this.#table[toeplitz(this.#key, this.#input, length) % this.#table.length]!;
  }

  /** Addresses and ports in the order of the specification. How many bytes; 0 for no IP. */
  #tuple(frame: Uint8Array): number {
    let at = 12;
    let type = word(frame, at);
    for (let tags = 0; tags < 2 && (type === ETHERTYPE_VLAN || type === ETHERTYPE_QINQ); tags++) {
      at += 4;
      type = word(frame, at);
    }
    const ip = at + 2;
    if (type === ETHERTYPE_IPV4 && frame.length >= ip + 20) {
      this.#input.set(frame.subarray(ip + 12, ip + 20));
      const isFragment = (word(frame, ip + 6) & 0x3fff) !== 0;
      const ports = ip + 4 * (frame[ip]! & 15);
      return isFragment ? 8 : this.#withPorts(frame, frame[ip + 9]!, ports, 8);
    }
    if (type === ETHERTYPE_IPV6 && frame.length >= ip + 40) {
      this.#input.set(frame.subarray(ip + 8, ip + 40));
      return this.#withPorts(frame, frame[ip + 6]!, ip + 40, 32);
    }
    return 0;
  }

  #withPorts(frame: Uint8Array, protocol: number, at: number, length: number): number {
    if ((protocol !== TCP && protocol !== UDP) || frame.length < at + 4) return length;
    this.#input.set(frame.subarray(at, at + 4), length);
    return length + 4;
  }
}

/** 0 behind the end: a short frame has no such type. */
function word(frame: Uint8Array, at: number): number {
  return at + 2 <= frame.length ? (frame[at]! << 8) | frame[at + 1]! : 0;
}
