import { checkInteger } from 'fluxnet-core';
import { RssIndirection, SYMMETRIC_RSS_KEY, ToeplitzHash } from 'fluxnet-proto';
import { invalidOption } from '../kernel/failures.js';

/** Of the keys that drivers have. */
const KEY_LENGTH = 40;
const ETHERTYPE_VLAN = 0x8100;
const ETHERTYPE_QINQ = 0x88a8;
const ETHERTYPE_IPV4 = 0x0800;
const ETHERTYPE_IPV6 = 0x86dd;
const TCP = 6;
const UDP = 17;
const NO_PORTS = -1;

export interface RssOptions {
  /** `default`: Microsoft's; `symmetric`: both directions of a flow on one queue; or 40 bytes. */
  readonly key?: 'default' | 'symmetric' | Uint8Array;
  /** The queue of each hash; as many as a power of two. Default: 128 entries, the queues in turn. */
  readonly table?: readonly number[];
}

/** Its tables are the same for every interface, and large. */
let defaultHash: ToeplitzHash | undefined;

/**
 * Receive side scaling: which queue a frame goes to. The hash is Toeplitz over the addresses, and
 * the ports of TCP and UDP where they are in the frame; all else goes to queue 0.
 */
export class Rss {
  readonly #hash: ToeplitzHash;
  readonly #indirection: RssIndirection;

  constructor(queueCount: number, { key = 'default', table }: RssOptions = {}) {
    this.#hash = hashOf(key);
    if (table === undefined) {
      this.#indirection = RssIndirection.equal(queueCount);
      return;
    }
    if (table.length === 0 || (table.length & (table.length - 1)) !== 0) {
      throw invalidOption('table.length', table.length, 'a power of two');
    }
    for (const [i, queueId] of table.entries()) {
      checkInteger(`table[${i}]`, queueId, 0, queueCount - 1);
    }
    this.#indirection = new RssIndirection(table);
  }

  queueOf(frame: Uint8Array): number {
    const view = new DataView(frame.buffer, frame.byteOffset, frame.byteLength);
    let at = 12;
    let type = word(view, at);
    for (let tags = 0; tags < 2 && (type === ETHERTYPE_VLAN || type === ETHERTYPE_QINQ); tags++) {
      at += 4;
      type = word(view, at);
    }
    const ip = at + 2;
    if (type === ETHERTYPE_IPV4 && frame.length >= ip + 20) {
      const isFragment = (word(view, ip + 6) & 0x3fff) !== 0;
      const ports = ip + 4 * (view.getUint8(ip) & 15);
      const at = isFragment ? NO_PORTS : portsAt(view, view.getUint8(ip + 9), ports);
      return this.#indirection.queueOf(this.#hash.ipv4(view, ip, at));
    }
    if (type === ETHERTYPE_IPV6 && frame.length >= ip + 40) {
      const ports = portsAt(view, view.getUint8(ip + 6), ip + 40);
      return this.#indirection.queueOf(this.#hash.ipv6(view, ip, ports));
    }
    return 0;
  }
}

function hashOf(key: 'default' | 'symmetric' | Uint8Array): ToeplitzHash {
  if (key === 'default') {
    defaultHash ??= new ToeplitzHash();
    return defaultHash;
  }
  const bytes = key === 'symmetric' ? SYMMETRIC_RSS_KEY : key;
  if (key === 'symmetric' || (key instanceof Uint8Array && key.length === KEY_LENGTH)) {
    return new ToeplitzHash(bytes);
  }
  throw invalidOption('key', key, `'default', 'symmetric' or ${KEY_LENGTH} bytes`);
}

function portsAt(view: DataView, protocol: number, at: number): number {
  const hasPorts = (protocol === TCP || protocol === UDP) && at + 4 <= view.byteLength;
  return hasPorts ? at : NO_PORTS;
}

/** 0 behind the end: a short frame has no such type. */
function word(view: DataView, at: number): number {
  return at + 2 <= view.byteLength ? view.getUint16(at) : 0;
}
