import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { captured } from '../testing/fixtures.js';
import type { CaptureEvent } from './capture.js';
import { PcapWriter, type PcapWriterOptions } from './pcap-writer.js';
import { PcapngWriter } from './pcapng-writer.js';
import { parseCapture } from './read-capture.js';
import {
  pcapMicroseconds,
  pcapNanoseconds,
  SAMPLE_NANOSECONDS,
  SAMPLE_SECONDS,
} from './samples.js';

function written<W extends { flush(): void }>(
  open: (sink: (bytes: Uint8Array) => void) => W,
  write: (writer: W) => void,
): Uint8Array {
  const chunks: Uint8Array[] = [];
  const writer = open((bytes) => chunks.push(bytes));
  write(writer);
  writer.flush();
  return Buffer.concat(chunks);
}

const pcap = (options: PcapWriterOptions, write: (writer: PcapWriter) => void) =>
  written((sink) => new PcapWriter(sink, options), write);
const pcapng = (littleEndian: boolean, write: (writer: PcapngWriter) => void) =>
  written((sink) => new PcapngWriter(sink, { littleEndian }), write);

const samplePacket = {
  seconds: SAMPLE_SECONDS,
  nanoseconds: SAMPLE_NANOSECONDS,
  data: captured.udp,
};

// ------------------------------------------------------------------------------- arbitrary events

const text = fc.string({ unit: 'binary', maxLength: 20 });
const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });
const uint32 = fc.integer({ min: 0, max: 0xffff_ffff });
const counter = maybe(fc.maxSafeNat());
/** Codes that no block here has a field for. */
const annotations = {
  comments: fc.array(text, { maxLength: 3 }),
  options: fc.array(
    fc.record({
      code: fc.integer({ min: 100, max: 0xffff }),
      value: fc.uint8Array({ maxLength: 9 }),
    }),
    { maxLength: 3 },
  ),
};
const seconds = fc.integer({ min: 2 ** 20, max: 2 ** 33 });
const packetFields = {
  ...annotations,
  interfaceId: fc.nat(2),
  seconds,
  nanoseconds: fc.nat(999_999_999),
  originalLength: uint32,
  data: fc.uint8Array({ maxLength: 70 }),
  flags: maybe(uint32),
};
const sections = fc.record({
  ...annotations,
  hardware: maybe(text),
  os: maybe(text),
  application: maybe(text),
});
const interfaces = fc.record({
  ...annotations,
  linkType: fc.nat(0xffff),
  snapLength: fc.constantFrom(0, 40, 0xffff_ffff),
  timestampResolution: fc.nat(9),
  timestampOffset: fc.constantFrom(0, 3600, -3600),
  name: maybe(text),
  description: maybe(text),
  os: maybe(text),
  fcsLength: maybe(fc.nat(255)),
});
const statistics = fc.record({
  ...annotations,
  interfaceId: fc.nat(2),
  seconds,
  nanoseconds: fc.nat(999_999_999),
  received: counter,
  dropped: counter,
  filterAccepted: counter,
  osDropped: counter,
  delivered: counter,
});

// ------------------------------------------------------------------------------------------ tests

describe('PcapWriter', () => {
  test('writes what editcap writes', () => {
    expect([...pcap({ linkType: 1 }, (writer) => writer.packet(samplePacket))]).toEqual([
      ...pcapNanoseconds,
    ]);
    const microseconds = { linkType: 1, timestampResolution: 6 } as const;
    expect([...pcap(microseconds, (writer) => writer.packet(samplePacket))]).toEqual([
      ...pcapMicroseconds,
    ]);
  });

  test('what is written is read again, in both byte orders and units', () => {
    fc.assert(
      fc.property(
        fc.boolean(),
        fc.constantFrom<6 | 9>(6, 9),
        fc.nat(0xffff),
        maybe(fc.nat(15).map((words) => words * 2)),
        fc.array(fc.record({ ...packetFields, seconds: uint32 }), { maxLength: 5 }),
        (littleEndian, timestampResolution, linkType, fcsLength, packets) => {
          const options = { linkType, timestampResolution, littleEndian, fcsLength };
          const file = pcap(options, (writer) => {
            for (const packet of packets) writer.packet(packet);
          });
          const [section, described, ...read] = parseCapture(file);
          expect(section).toMatchObject({ littleEndian });
          expect(described).toMatchObject({ linkType, timestampResolution, fcsLength });
          const unit = 10 ** (9 - timestampResolution);
          expect(read).toEqual(
            packets.map(({ data, seconds, nanoseconds, originalLength }) =>
              expect.objectContaining({
                data: Buffer.from(data),
                seconds,
                nanoseconds: nanoseconds - (nanoseconds % unit),
                originalLength,
              }),
            ),
          );
        },
      ),
    );
  });

  test('cuts to the snap length and takes a packet out of a larger memory', () => {
    const memory = Uint8Array.from([9, 9, 1, 2, 3, 4, 9]);
    const file = pcap({ linkType: 1, snapLength: 3 }, (writer) =>
      writer.packet({ seconds: 0, nanoseconds: 0, data: memory, offset: 2, length: 4 }),
    );
    const [, , packet] = parseCapture(file);
    expect(packet).toMatchObject({ data: Buffer.of(1, 2, 3), originalLength: 4 });
  });

  test.each([
    ['outside data', { data: new Uint8Array(4), offset: 2, length: 3 }],
    ['of negative length', { data: new Uint8Array(4), offset: 5 }],
    ['at a fraction', { data: new Uint8Array(4), offset: 0.5, length: 1 }],
    ['before 1970', { seconds: -1 }],
    ['after 2106', { seconds: 2 ** 32 }],
    ['of no time', { nanoseconds: Number.NaN }],
  ])('refuses a packet %s, and writes nothing of it', (_name, change) => {
    const file = pcap({ linkType: 1 }, (writer) => {
      expect(() => writer.packet({ ...samplePacket, ...change })).toThrow(RangeError);
    });
    expect(file.length).toBe(24);
  });

  test.each([
    { linkType: -1 },
    { linkType: 1, timestampResolution: 3 as never },
    { linkType: 1, fcsLength: 3 },
  ])('refuses %j', (options) => {
    expect(() => new PcapWriter(() => {}, options)).toThrow(RangeError);
  });
});

describe('PcapngWriter', () => {
  test('what is written is read again, and written again is the same', () => {
    fc.assert(
      fc.property(
        fc.boolean(),
        sections,
        fc.array(interfaces, { minLength: 3, maxLength: 3 }),
        fc.array(fc.oneof(fc.record(packetFields), statistics), { maxLength: 6 }),
        (littleEndian, section, described, records) => {
          const file = pcapng(littleEndian, (writer) => {
            writer.section(section);
            for (const one of described) writer.interface(one);
            for (const record of records) {
              if ('data' in record) writer.packet(record);
              else writer.statistics(record);
            }
          });
          const events = [...parseCapture(file)];
          const resolution = (id: number) => described[id]!.timestampResolution;
          const cut = (id: number) => described[id]!.snapLength || undefined;
          expect(events.slice(1)).toEqual([
            expect.objectContaining(comparable({ ...section, littleEndian })),
            ...described.map((one, interfaceId) =>
              expect.objectContaining(comparable({ ...one, interfaceId })),
            ),
            ...records.map((record) => {
              const unit = 10 ** (9 - resolution(record.interfaceId));
              const nanoseconds = record.nanoseconds - (record.nanoseconds % unit);
              const data = 'data' in record && {
                data: Buffer.from(record.data.subarray(0, cut(record.interfaceId))),
              };
              return expect.objectContaining(comparable({ ...record, nanoseconds, ...data }));
            }),
          ]);
          expect(copyOf(events, littleEndian)).toEqual(file);
        },
      ),
    );
  });

  /** Values of options as the reader gives them: parts of a Buffer. */
  function comparable<T extends { options: readonly { code: number; value: Uint8Array }[] }>(
    record: T,
  ): T {
    const options = record.options.map(({ code, value }) => ({ code, value: Buffer.from(value) }));
    return { ...record, options };
  }

  function copyOf(events: readonly CaptureEvent[], littleEndian: boolean): Uint8Array {
    return pcapng(littleEndian, (writer) => {
      for (const event of events.slice(1)) {
        if (event.type === 'section') writer.section(event);
        else if (event.type === 'interface') writer.interface(event);
        else if (event.type === 'packet') writer.packet(event);
        else if (event.type === 'statistics') writer.statistics(event);
        else writer.block(event);
      }
    });
  }

  test('copies unknown blocks that may be copied', () => {
    const block = {
      type: 'block',
      blockType: 10,
      body: Buffer.of(1, 2, 3, 4),
      littleEndian: true,
      copyable: true,
    } as const;
    const file = pcapng(true, (writer) => {
      writer.block(block);
      expect(() => writer.block({ ...block, copyable: false })).toThrow(RangeError);
      expect(() => writer.block({ ...block, littleEndian: false })).toThrow('byte order');
    });
    expect([...parseCapture(file, { unknownBlocks: 'keep' })].slice(1)).toEqual([block]);
  });

  test('refuses an interface that it does not know, in the section it is in', () => {
    pcapng(true, (writer) => {
      expect(() => writer.packet(samplePacket)).toThrow('the section has 0 interfaces');
      expect(writer.interface({ linkType: 1 })).toBe(0);
      expect(writer.interface({ linkType: 1 })).toBe(1);
      writer.packet({ ...samplePacket, interfaceId: 1 });
      writer.section();
      expect(() => writer.packet(samplePacket)).toThrow(RangeError);
    });
  });

  test('refuses what no option can hold, and writes nothing of it', () => {
    const file = pcapng(true, (writer) => {
      expect(() => writer.interface({ linkType: 1, name: 'x'.repeat(65_536) })).toThrow(RangeError);
      expect(() => writer.interface({ linkType: 1, timestampResolution: 12 })).toThrow(RangeError);
    });
    expect([...parseCapture(file)].length).toBe(1);
  });
});

test('memory stays bounded: pieces come as they fill, a long packet alone', () => {
  const pieces: number[] = [];
  const writer = new PcapWriter((bytes) => pieces.push(bytes.length), { linkType: 1 });
  const packet = { seconds: 0, nanoseconds: 0, data: new Uint8Array(1000) };
  for (let i = 0; i < 200; i++) writer.packet(packet);
  writer.packet({ ...packet, data: new Uint8Array(200_000) });
  writer.packet(packet);
  writer.flush();
  writer.flush();
  expect(pieces.slice(0, 3).every((length) => length > 64_000 && length <= 65_536)).toBe(true);
  expect(Math.max(...pieces)).toBe(200_016);
  expect(pieces.reduce((sum, length) => sum + length)).toBe(24 + 201 * 1016 + 200_016);
});
