/** Holds what the views say against what tshark says, packet by packet, field by field. */

import { decodeLayers } from '../../decode/decode-layers.js';
import { Layers } from '../../decode/layers.js';
import { type Capture, captures, type ExpectedPacket } from './captures.js';
import { differences } from './differences.js';
import { extract } from './extract.js';
import { fieldList } from './field-list.js';

export interface Tally {
  compared: number;
  equal: number;
  /** Of headers behind one that the package does not know. */
  beyond: number;
  explained: number;
}

export interface Difference {
  readonly path: string;
  /** From 1. */
  readonly packet: number;
  readonly field: string;
  readonly expected: string;
  readonly found: string;
}

export interface Comparison {
  readonly tallies: ReadonlyMap<string, Tally>;
  readonly unexplained: readonly Difference[];
  readonly captures: number;
  readonly packets: number;
  /** Explanations that explain nothing. */
  readonly unused: readonly string[];
}

/**
 * What tshark looks into and this package does not: their names in `frame.protocols`. What it finds
 * behind them is not compared; what it finds before them is.
 */
const BEYOND =
  /\b(gtp|capwap|teredo|erspan|sflow|nflog|macsec|vntag|etag|arista_vendor_ether|nsh|wccp|pbb|8021ah|ieee8021ah|ipcomp|isl|pim|udpencap|mplsudp|nhrp|icmpv6.nd.opt|greudp|rpl|lwapp|cdp|vnc|radiotap)\b/;

function isBeyondScope(expected: ExpectedPacket, ours: string, theirs: string): boolean {
  const protocols = String(expected['frame.protocols'] ?? '');
  return BEYOND.test(protocols) && (ours === '' || theirs.startsWith(`${ours} `));
}

const protocolOf = new Map(
  Object.entries(fieldList).flatMap(([protocol, names]) => names.map((name) => [name, protocol])),
);

export function compareCorpus(corpus: string): Comparison {
  const tallies = new Map<string, Tally>();
  for (const protocol of Object.keys(fieldList)) {
    tallies.set(protocol, { compared: 0, equal: 0, beyond: 0, explained: 0 });
  }
  const unexplained: Difference[] = [];
  const used = new Set<string>();
  let captureCount = 0;
  let packets = 0;
  for (const capture of captures(corpus)) {
    captureCount++;
    packets += capture.packets.length;
    for (const difference of compareCapture(capture, tallies)) {
      const key = `${difference.path}#${difference.packet}`;
      const match = [key, difference.path].find((name) =>
        differences[name]?.fields.some((field) => difference.field.startsWith(field)),
      );
      if (match === undefined) {
        unexplained.push(difference);
      } else {
        used.add(match);
        tallies.get(protocolOf.get(difference.field)!)!.explained++;
      }
    }
  }
  const unused = Object.keys(differences).filter((name) => !used.has(name));
  return { tallies, unexplained, captures: captureCount, packets, unused };
}

function* compareCapture(capture: Capture, tallies: Map<string, Tally>): Generator<Difference> {
  const layers = new Layers(8);
  for (const [index, { data, linkType }] of capture.packets.entries()) {
    const view = new DataView(data.buffer, data.byteOffset, data.length);
    decodeLayers(view, 0, data.length, layers, linkType);
    const found = extract(view, layers, linkType);
    const expected = capture.expected[index]!;
    for (const [field, protocol] of protocolOf) {
      const theirs = [expected[field] ?? []].flat().join(' ');
      const ours = (found.get(field) ?? []).join(' ');
      if (theirs === '' && ours === '') continue;
      const tally = tallies.get(protocol)!;
      tally.compared++;
      if (ours === theirs) tally.equal++;
      else if (isBeyondScope(expected, ours, theirs)) tally.beyond++;
      else yield { path: capture.path, packet: index + 1, field, expected: theirs, found: ours };
    }
  }
}

export function report({ tallies, captures, packets }: Comparison): string {
  const lines = [`${captures} captures, ${packets} packets`];
  lines.push('protocol          compared      equal     beyond  explained');
  for (const [protocol, { compared, equal, beyond, explained }] of tallies) {
    const numbers = [compared, equal, beyond, explained].map((number) =>
      String(number).padStart(11),
    );
    lines.push(`${protocol.padEnd(15)}${numbers.join('')}`);
  }
  return lines.join('\n');
}
