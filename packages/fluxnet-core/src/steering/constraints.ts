import { checkInteger, checkKeys, checkOneOf, checkString, invalid } from '../options.js';
import { DETAIL_TCP_FLAGS, type Field, FragmentKind, NO_VLAN } from './layout.js';
import { joinRanges, type Ranges } from './place-ranges.js';
import { addressBits, parsePrefix } from './prefix.js';
import {
  type OneOrMany,
  type PortRange,
  type ProtocolName,
  protocolNumbers,
  ruleKeys,
  type SteeringRule,
  type TcpFlagName,
  tcpFlagBits,
} from './rule.js';

type PlaceField = Exclude<keyof typeof Field, 'src' | 'dst'>;

export interface AddressRanges {
  readonly 4: Ranges<number>;
  readonly 6: Ranges<bigint>;
}

/** What a rule asks of each field, as places in the field's table; undefined where of none. */
export interface Constraints {
  readonly places: Readonly<Partial<Record<PlaceField, Ranges<number>>>>;
  readonly src: AddressRanges | undefined;
  readonly dst: AddressRanges | undefined;
}

const ETHER_TYPE_OF = { 4: 0x0800, 6: 0x86dd } as const;
const ICMP = [protocolNumbers.icmp, protocolNumbers.icmpv6] as const;

/**
 * Checks a rule and says which places it takes.
 * @throws {FluxError} `FLUX_INVALID_OPTION`, `FLUX_UNKNOWN_OPTION` with the rule's path
 */
export function constraintsOf(path: string, rule: SteeringRule): Constraints {
  checkKeys(path, rule, ruleKeys);
  checkOneOf(`${path}.action`, rule.action, ['socket', 'host', 'drop']);
  if (rule.name !== undefined) checkString(`${path}.name`, rule.name);
  if (rule.sample !== undefined) checkInteger(`${path}.sample`, rule.sample, 1, 2 ** 32 - 1);
  const ports = (name: 'srcPort' | 'dstPort') => portPlaces(`${path}.${name}`, rule[name]);
  const places = {
    etherType: etherTypePlaces(path, rule),
    vlan: vlanPlaces(`${path}.vlan`, rule.vlan),
    protocol: protocolPlaces(path, rule),
    nextHeader: numbers(`${path}.nextHeader`, rule.nextHeader, protocolNumber),
    detail: detailPlaces(path, rule),
    srcPort: ports('srcPort'),
    dstPort: ports('dstPort'),
  };
  const asked = Object.entries(places).filter(([, ranges]) => ranges !== undefined);
  return {
    places: Object.fromEntries(asked) as Constraints['places'],
    src: addressRanges(`${path}.src`, rule.src, rule.ipVersion),
    dst: addressRanges(`${path}.dst`, rule.dst, rule.ipVersion),
  };
}

function list<T>(path: string, value: OneOrMany<T>): readonly T[] {
  if (!Array.isArray(value)) return [value as T];
  if (value.length === 0) throw invalid(path, '[]', 'a list with an entry, or nothing');
  return value;
}

/** Single numbers as ranges. */
function numbers<T>(
  path: string,
  value: OneOrMany<T> | undefined,
  read: (path: string, entry: T) => number,
): Ranges<number> | undefined {
  if (value === undefined) return undefined;
  const places = list(path, value).map((entry) => read(path, entry));
  return joinRanges(places.map((place) => [place, place] as const));
}

function etherTypePlaces(path: string, rule: SteeringRule): Ranges<number> | undefined {
  const { etherType, ipVersion } = rule;
  const read = (at: string, value: number) => checkInteger(at, value, 0, 0xffff);
  const given = numbers(`${path}.etherType`, etherType, read);
  if (ipVersion === undefined) return given;
  if (ipVersion !== 4 && ipVersion !== 6) throw invalid(`${path}.ipVersion`, ipVersion, '4 or 6');
  const place = ETHER_TYPE_OF[ipVersion];
  if (given !== undefined && !given.some(([from, to]) => from <= place && place <= to)) {
    throw invalid(`${path}.etherType`, etherType, `0x${place.toString(16)} with this ipVersion`);
  }
  return [[place, place]];
}

function vlanPlaces(path: string, vlan: SteeringRule['vlan']): Ranges<number> | undefined {
  if (vlan === 'tagged') return [[0, NO_VLAN - 1]];
  if (vlan === 'untagged') return [[NO_VLAN, NO_VLAN]];
  return numbers(path, vlan, (at, value) => checkInteger(at, value, 0, 4095));
}

function protocolNumber(path: string, value: ProtocolName | number): number {
  if (typeof value === 'string' && Object.hasOwn(protocolNumbers, value)) {
    return protocolNumbers[value];
  }
  if (typeof value === 'number') return checkInteger(path, value, 0, 255);
  throw invalid(path, value, `${Object.keys(protocolNumbers).join(', ')}, or 0 to 255`);
}

/** The table is by kind of fragment and protocol, since they say together who has ports. */
function protocolPlaces(path: string, rule: SteeringRule): Ranges<number> | undefined {
  const { protocol, fragment } = rule;
  if (protocol === undefined && fragment === undefined) return undefined;
  const protocols: Ranges<number> = numbers(`${path}.protocol`, protocol, protocolNumber) ?? [
    [0, 255],
  ];
  const kinds = fragmentKinds(`${path}.fragment`, fragment);
  return joinRanges(
    kinds.flatMap((kind) =>
      protocols.map(([from, to]) => [(kind << 9) | from, (kind << 9) | to] as const),
    ),
  );
}

function fragmentKinds(path: string, fragment: SteeringRule['fragment']): readonly number[] {
  if (fragment === undefined) return Object.values(FragmentKind);
  checkOneOf(path, fragment, ['none', 'first', 'later', 'any']);
  if (fragment === 'any') return [FragmentKind.first, FragmentKind.later];
  return [FragmentKind[fragment]];
}

function detailPlaces(path: string, rule: SteeringRule): Ranges<number> | undefined {
  const { icmpType, icmpCode, tcpFlags, protocol } = rule;
  if (icmpType === undefined && icmpCode === undefined) {
    return tcpFlags === undefined ? undefined : tcpFlagPlaces(`${path}.tcpFlags`, tcpFlags);
  }
  if (tcpFlags !== undefined) {
    throw invalid(`${path}.tcpFlags`, 'given', 'nothing beside icmpType and icmpCode');
  }
  const numbersOf = protocol === undefined ? [] : list('', protocol);
  const icmp = numbersOf.map((entry) => protocolNumber(`${path}.protocol`, entry));
  if (icmp.length === 0 || !icmp.every((number) => (ICMP as readonly number[]).includes(number))) {
    throw invalid(`${path}.protocol`, protocol, "'icmp' or 'icmpv6' with icmpType and icmpCode");
  }
  const byte = (at: string, value: number) => checkInteger(at, value, 0, 255);
  const types = numbers(`${path}.icmpType`, icmpType, byte) ?? [[0, 255]];
  const codes = numbers(`${path}.icmpCode`, icmpCode, byte) ?? [[0, 255]];
  return joinRanges(
    types.flatMap(([from, to]) =>
      span(from, to).flatMap((type) =>
        codes.map(([low, high]) => [(type << 8) | low, (type << 8) | high] as const),
      ),
    ),
  );
}

function tcpFlagPlaces(path: string, flags: NonNullable<SteeringRule['tcpFlags']>): Ranges<number> {
  checkKeys(path, flags, ['set', 'clear']);
  const bits = (name: 'set' | 'clear') =>
    (flags[name] ?? []).reduce((sum, flag: TcpFlagName) => {
      if (typeof flag === 'string' && Object.hasOwn(tcpFlagBits, flag)) {
        return sum | tcpFlagBits[flag];
      }
      throw invalid(`${path}.${name}`, flag, Object.keys(tcpFlagBits).join(', '));
    }, 0);
  const set = bits('set');
  const clear = bits('clear');
  if ((set & clear) !== 0) throw invalid(`${path}.clear`, flags.clear, 'flags that are not in set');
  const matching = span(0, 255).filter((byte) => (byte & (set | clear)) === set);
  return joinRanges(
    matching.map((byte) => [DETAIL_TCP_FLAGS + byte, DETAIL_TCP_FLAGS + byte] as const),
  );
}

function portPlaces(
  path: string,
  ports: OneOrMany<number | PortRange> | undefined,
): Ranges<number> | undefined {
  if (ports === undefined) return undefined;
  return joinRanges(
    list(path, ports).map((port) => {
      if (typeof port !== 'object' || port === null) {
        const place = checkInteger(path, port, 0, 0xffff);
        return [place, place] as const;
      }
      checkKeys(path, port, ['from', 'to']);
      const from = checkInteger(`${path}.from`, port.from, 0, 0xffff);
      return [from, checkInteger(`${path}.to`, port.to, from, 0xffff)] as const;
    }),
  );
}

function addressRanges(
  path: string,
  value: OneOrMany<string> | undefined,
  ipVersion: 4 | 6 | undefined,
): AddressRanges | undefined {
  if (value === undefined) return undefined;
  const v4: [number, number][] = [];
  const v6: [bigint, bigint][] = [];
  for (const text of list(path, value)) {
    const { family, address, length } = parsePrefix(path, text);
    if (ipVersion !== undefined && ipVersion !== family) {
      throw invalid(path, text, `addresses of IPv${ipVersion}, as ipVersion says`);
    }
    const last = address | ((1n << BigInt(addressBits[family] - length)) - 1n);
    if (family === 4) v4.push([Number(address), Number(last)]);
    else v6.push([address, last]);
  }
  return { 4: joinRanges(v4), 6: joinRanges(v6) };
}

function span(from: number, to: number): number[] {
  return Array.from({ length: to - from + 1 }, (_, i) => from + i);
}
