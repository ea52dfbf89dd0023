/**
 * Community ID, version 1 (corelight/community-id-spec): the same short text for both directions of
 * a flow, and from every tool that knows it.
 */

import { requireUint } from '../require-uint.js';
import { FlowKey } from './flow-key.js';
import { sha1 } from './sha1.js';

const ICMP = 1;
const TCP = 6;
const UDP = 17;
const ICMPV6 = 58;
const SCTP = 132;

/** Message types that answer each other; both ways are one flow. */
const ICMP_PAIRS = pairs([8, 0], [13, 14], [15, 16], [10, 9], [17, 18]);
const ICMPV6_PAIRS = pairs([128, 129], [130, 131], [133, 134], [135, 136], [139, 140], [144, 145]);

/** @param seed 0 to 65535, for sites that want their own identifiers */
export function communityId(flow: FlowKey, seed = 0): string {
  requireUint('seed', seed, 0xffff);
  const key = new FlowKey().copyFrom(flow);
  if (isTwoWay(key) && key.compareEndpoints() > 0) key.reverse();
  const ports = hasPorts(key.protocol)
    ? [key.srcPort >>> 8, key.srcPort & 0xff, key.dstPort >>> 8, key.dstPort & 0xff]
    : [];
  const input = [
    seed >>> 8,
    seed & 0xff,
    ...key.srcBytes(),
    ...key.dstBytes(),
    key.protocol,
    0,
    ...ports,
  ];
  const digest = sha1(Uint8Array.from(input));
  return `1:${btoa(String.fromCharCode(...digest))}`;
}

/** Replaces the code of an ICMP message by the type that answers it, where there is one. */
function isTwoWay(key: FlowKey): boolean {
  if (key.protocol !== ICMP && key.protocol !== ICMPV6) return true;
  const answer = (key.protocol === ICMP ? ICMP_PAIRS : ICMPV6_PAIRS).get(key.srcPort);
  if (answer === undefined) return false;
  key.dstPort = answer;
  return true;
}

function hasPorts(protocol: number): boolean {
  return [ICMP, TCP, UDP, ICMPV6, SCTP].includes(protocol);
}

function pairs(...both: readonly (readonly [number, number])[]): ReadonlyMap<number, number> {
  return new Map(
    both.flatMap(([a, b]) => [
      [a, b],
      [b, a],
    ]),
  );
}
