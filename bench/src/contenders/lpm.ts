import { Ipv4PrefixMap, Ipv6PrefixMap } from 'fluxnet-proto';
import type { ContenderConfig } from './config.js';
import type { SpinJob } from './job.js';

const PREFIXES = 1_000_000;
const KEYS = 1 << 18;
/** Roughly as lengths are spread in the routing tables of the Internet. */
const IPV4_LENGTHS = [
  16, 18, 19, 20, 20, 21, 22, 22, 22, 23, 23, 24, 24, 24, 24, 24, 24, 24, 24, 24,
];
const IPV6_LENGTHS = [29, 32, 32, 36, 40, 44, 46, 47, 48, 48, 48, 48, 48, 48, 56, 64];

/** Looks up random addresses among a million random prefixes, a batch per pass. */
export function openIpv4Lpm({ settings: { batch } }: ContenderConfig): SpinJob {
  const random = xorshift();
  const map = new Ipv4PrefixMap();
  while (map.size < PREFIXES) {
    map.insert(random(), IPV4_LENGTHS[random() % IPV4_LENGTHS.length]!, map.size & 0xffff);
  }
  const keys = Uint32Array.from({ length: KEYS }, random);
  return lookups(batch, map.byteLength, (i) => map.lookup(keys[i]!));
}

/** The same of IPv6, within 2000::/3. */
export function openIpv6Lpm({ settings: { batch } }: ContenderConfig): SpinJob {
  const random = xorshift();
  const map = new Ipv6PrefixMap();
  const keys = new DataView(new ArrayBuffer(KEYS * 16));
  const fill = (view: DataView, offset: number) => {
    view.setUint32(offset, (random() >>> 3) | 0x2000_0000);
    for (let i = 4; i < 16; i += 4) view.setUint32(offset + i, random());
  };
  const address = new Uint8Array(16);
  while (map.size < PREFIXES) {
    fill(new DataView(address.buffer), 0);
    map.insert(address, IPV6_LENGTHS[random() % IPV6_LENGTHS.length]!, map.size & 0xffff);
    // Every other key is within a prefix.
    if (map.size < KEYS) new Uint8Array(keys.buffer).set(address, map.size * 16);
    if ((map.size & 1) === 0 && map.size < KEYS) fill(keys, map.size * 16);
  }
  return lookups(batch, map.byteLength, (i) => map.lookup(keys, i * 16));
}

function lookups(batch: number, mapBytes: number, lookup: (i: number) => number): SpinJob {
  let packets = 0;
  let next = 0;
  let kept = 0; // So that the work is not optimised away.
  return {
    modes: { mapMiB: Math.round(mapBytes / 2 ** 20) },
    pass: () => {
      for (let i = 0; i < batch; i++) kept ^= lookup(next + i);
      next = (next + batch) & (KEYS - 1);
      packets += batch;
    },
    drain: () => false,
    counts: () => ({ packets, bytes: kept & 0 }),
    close: () => {},
  };
}

/** Marsaglia's generator: the same numbers in every run. */
function xorshift(): () => number {
  let state = 0x9e37_79b9;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state >>> 0;
  };
}
