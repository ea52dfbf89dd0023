import type { PortRange, SteeringRule } from '../rule.js';

/** Numbers of a seed (mulberry32): the same seed, the same rules and packets. */
export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** 0 to `count - 1` */
  below(count: number): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let t = this.#state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 2 ** 32) * count);
  }

  chance(percent: number): boolean {
    return this.below(100) < percent;
  }

  pick<T>(list: readonly T[]): T {
    return list[this.below(list.length)]!;
  }
}

// Few values, so that rules and packets meet; borders of ranges among them.
const ETHER_TYPES = [0x0800, 0x86dd, 0x0806, 0x8847, 0, 0xffff];
const VLANS = [0, 1, 5, 4095];
const PROTOCOLS = [1, 6, 17, 47, 58, 132, 136, 0, 255];
const PORTS = [0, 1, 22, 53, 80, 443, 1023, 1024, 65535];
const V4 = ['0.0.0.0', '10.0.0.1', '10.0.0.2', '10.1.2.3', '192.168.0.1', '255.255.255.255'];
const V6 = ['::', '::1', 'fe80::1', '2001:db8::1', '2001:db8:0:1::2', 'ffff:ffff:ffff::ffff'];
const V6_EXTENSIONS = [0, 43, 44, 51, 60, 135];

/** Mostly sensible rules, each asking for a few things. */
export function randomRule(random: Random): SteeringRule {
  const maybe = <T>(percent: number, make: () => T) =>
    random.chance(percent) ? make() : undefined;
  const icmp = random.chance(8);
  const rule = {
    action: random.pick(['socket', 'host', 'drop'] as const),
    sample: maybe(4, () => 1 + random.below(4)),
    etherType: maybe(10, () => random.pick(ETHER_TYPES)),
    vlan: maybe(15, () =>
      random.pick(['tagged', 'untagged', random.pick(VLANS), [1, 2, random.pick(VLANS)]] as const),
    ),
    protocol: icmp
      ? random.pick(['icmp', 'icmpv6'] as const)
      : maybe(35, () => random.pick([random.pick(PROTOCOLS), ['tcp', 'udp'] as const])),
    nextHeader: maybe(8, () => random.pick(PROTOCOLS)),
    src: maybe(30, () => randomPrefixes(random)),
    dst: maybe(30, () => randomPrefixes(random)),
    srcPort: maybe(20, () => randomPorts(random)),
    dstPort: maybe(25, () => randomPorts(random)),
    tcpFlags: icmp
      ? undefined
      : maybe(8, () => random.pick([{ set: ['syn'], clear: ['ack'] }, {}])),
    icmpType: icmp ? maybe(80, () => random.pick([0, 8, 135, [0, 3, 255]])) : undefined,
    icmpCode: icmp ? maybe(40, () => random.below(4)) : undefined,
    fragment: maybe(8, () => random.pick(['none', 'first', 'later', 'any'] as const)),
  };
  const given = Object.entries(rule).filter(([, value]) => value !== undefined);
  return Object.fromEntries(given) as unknown as SteeringRule;
}

function randomPorts(random: Random): number | PortRange | (number | PortRange)[] {
  const [a, b] = [random.pick(PORTS), random.pick(PORTS)];
  const range = { from: Math.min(a, b), to: Math.max(a, b) };
  return random.pick([a, range, [a, range, b]]);
}

function randomPrefixes(random: Random): string | string[] {
  const one = () =>
    random.chance(50)
      ? random.pick(['0.0.0.0/0', '10.0.0.0/8', '10.0.0.0/31', '128.0.0.0/1', ...V4])
      : random.pick(['::/0', '2001:db8::/32', '2001:db8::/64', 'fe80::/10', '8000::/1', ...V6]);
  return random.chance(75) ? one() : [one(), one(), one()];
}

/** A frame that may be cut off anywhere, or have any byte wrong. */
export function randomPacket(random: Random): Uint8Array {
  const bytes: number[] = Array.from({ length: 12 }, () => random.below(256));
  const push16 = (value: number) => bytes.push(value >> 8, value & 255);
  for (let tags = random.pick([0, 0, 0, 1, 2, 5]); tags > 0; tags--) {
    push16(random.pick([0x8100, 0x88a8, 0x9100]));
    push16((random.below(16) << 12) | random.pick(VLANS));
  }
  const family = random.pick([4, 4, 6, 6, 0]);
  push16(family === 4 ? 0x0800 : family === 6 ? 0x86dd : random.pick(ETHER_TYPES));
  const protocol = random.pick(PROTOCOLS);
  if (family === 4) pushIpv4(random, bytes, protocol);
  if (family === 6) pushIpv6(random, bytes, protocol);
  push16(
    protocol === 1 || protocol === 58
      ? random.pick([0, 0x0800, 0x0301, 0x8700])
      : random.pick(PORTS),
  );
  push16(random.pick(PORTS));
  for (let i = 0; i < 16; i++) bytes.push(random.pick([0, 2, 0x12, 0x10, random.below(256)]));
  if (random.chance(15)) bytes.length = Math.max(14, random.below(bytes.length));
  if (random.chance(15)) bytes[random.below(bytes.length)] = random.below(256);
  return Uint8Array.from(bytes);
}

function pushIpv4(random: Random, bytes: number[], protocol: number): void {
  const ihl = random.pick([5, 5, 5, 6, 15, 0]);
  const fragment = random.pick([0, 0, 0, 0x2000, 0x4000, 0x0001, 0x3fff]);
  bytes.push(0x40 | ihl, 0, 0, 0, 0, 0, fragment >> 8, fragment & 255, 64, protocol, 0, 0);
  for (let end = 0; end < 2; end++) bytes.push(...random.pick(V4).split('.').map(Number));
  for (let i = 5; i < ihl; i++) bytes.push(1, 1, 1, 1);
}

function pushIpv6(random: Random, bytes: number[], protocol: number): void {
  const chain = Array.from({ length: random.pick([0, 0, 0, 1, 2, 8, 9, 10]) }, () =>
    random.pick(V6_EXTENSIONS),
  );
  bytes.push(0x60, 0, 0, 0, 0, 0, chain[0] ?? protocol, 64);
  for (let end = 0; end < 2; end++) {
    const [head = '', tail = ''] = random.pick(V6).split('::');
    const groups = (text: string) => (text === '' ? [] : text.split(':'));
    const gap = new Array<string>(8 - groups(head).length - groups(tail).length).fill('0');
    for (const group of [...groups(head), ...gap, ...groups(tail)]) {
      const value = Number.parseInt(group, 16);
      bytes.push(value >> 8, value & 255);
    }
  }
  chain.forEach((kind, index) => {
    const fragment = random.pick([0, 0, 1, 8]);
    const units =
      kind === 44 ? 0 : kind === 51 ? random.pick([0, 1, 4]) : random.pick([0, 0, 1, 3]);
    const size = kind === 51 ? (units + 2) * 4 : (units + 1) * 8;
    const header = new Array<number>(size).fill(0);
    header[0] = chain[index + 1] ?? protocol;
    header[1] = units;
    if (kind === 44) header[3] = fragment;
    bytes.push(...header);
  });
}
