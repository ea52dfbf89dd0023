/** What holds for every field of every header: a setter changes its own field and no other. */

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ArpHeader } from './link/arp.js';
import { EthernetHeader } from './link/ethernet.js';
import { Icmpv4Header } from './network/icmpv4.js';
import { Ipv4Header } from './network/ipv4.js';
import { viewOf } from './testing/fixtures.js';
import { TcpHeader } from './transport/tcp.js';
import { UdpHeader } from './transport/udp.js';

const headers = [EthernetHeader, ArpHeader, Ipv4Header, UdpHeader, TcpHeader, Icmpv4Header];

type Fields = Record<string, number | boolean>;

/** The accessors that can be set, and those that are only computed from them. */
function fieldsOf(header: (typeof headers)[number], settable: boolean): string[] {
  return Object.entries(Object.getOwnPropertyDescriptors(header.prototype))
    .filter(([, { get, set }]) => get !== undefined && (set !== undefined) === settable)
    .map(([name]) => name);
}

describe.each(headers.map((header) => [header.name, header] as const))('%s', (_name, header) => {
  const names = fieldsOf(header, true);

  test.each(names)('%s is independent of every other field', (name) => {
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 80, maxLength: 80 }),
        fc.nat(20),
        fc.integer({ min: 0, max: 0xffff_ffff }),
        (memory, offset, value) => {
          const original = Uint8Array.from(memory);
          const fields = new header(viewOf(memory)).at(offset) as unknown as Fields;
          const before = Object.fromEntries(names.map((key) => [key, fields[key]]));
          fields[name] = typeof before[name] === 'boolean' ? value % 2 === 1 : value;
          for (const key of names) if (key !== name) expect(fields[key]).toBe(before[key]);
          // Writing the old value back restores every bit, reserved ones included.
          fields[name] = before[name]!;
          expect(memory).toEqual(original);
        },
      ),
    );
  });

  test.each(names)('%s keeps every value that fits', (name) => {
    const memory = new Uint8Array(80).fill(0xff);
    const fields = new header(viewOf(memory)) as unknown as Fields;
    const largest = fields[name]!;
    if (typeof largest === 'boolean') {
      for (const value of [false, true]) {
        fields[name] = value;
        expect(fields[name]).toBe(value);
      }
      return;
    }
    fc.assert(
      fc.property(fc.integer({ min: 0, max: largest }), (value) => {
        fields[name] = value;
        expect(fields[name]).toBe(value);
        // A value one bit too wide loses that bit and nothing more.
        fields[name] = value + largest + 1;
        expect(fields[name]).toBe(value);
      }),
    );
  });
});

test('the lengths in bytes follow the lengths in words', () => {
  const view = viewOf(new Uint8Array(40));
  const ip = new Ipv4Header(view);
  const tcp = new TcpHeader(view);
  expect(fieldsOf(Ipv4Header, false)).toEqual(['headerLength']);
  expect(fieldsOf(TcpHeader, false)).toEqual(['headerLength']);
  for (let words = 0; words < 16; words++) {
    ip.ihl = words;
    expect(ip.headerLength).toBe(words * 4);
    tcp.dataOffset = words;
    expect(tcp.headerLength).toBe(words * 4);
  }
});
