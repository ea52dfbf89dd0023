import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { captured, fromHex } from '../testing/fixtures.js';
import type { CaptureEvent, CapturePacket } from './capture.js';
import { CaptureReader, type CaptureReaderOptions } from './capture-reader.js';
import { parseCapture, readCapture } from './read-capture.js';
import {
  pcapMicroseconds,
  pcapNanoseconds,
  pcapng,
  SAMPLE_NANOSECONDS,
  SAMPLE_SECONDS,
} from './samples.js';

const samples = { pcapMicroseconds, pcapNanoseconds, pcapng } as const;

/** All events up to the end or to the error, which comes last. */
function outcome(chunks: Iterable<Uint8Array>, options?: CaptureReaderOptions) {
  const events: CaptureEvent[] = [];
  const reader = new CaptureReader(options);
  try {
    for (const chunk of chunks) {
      reader.push(chunk);
      for (let event = reader.next(); event !== undefined; event = reader.next()) {
        events.push(event);
      }
    }
    reader.end();
  } catch (error) {
    return { events, error: error as Error & { code?: string; context?: { offset: number } } };
  }
  return { events, error: undefined };
}

function packetOf(bytes: Uint8Array): CapturePacket {
  const [packet] = [...parseCapture(bytes)].filter((event) => event.type === 'packet');
  return packet!;
}

function withBytes(bytes: Uint8Array, at: number, hex: string): Uint8Array {
  const copy = Uint8Array.from(bytes);
  copy.set(fromHex(hex), at);
  return copy;
}

describe('files of Wireshark', () => {
  test.each([
    ['pcapMicroseconds', 123_456_000, 6],
    ['pcapNanoseconds', SAMPLE_NANOSECONDS, 9],
  ] as const)('%s', (name, nanoseconds, timestampResolution) => {
    const [section, described, packet, ...more] = parseCapture(samples[name]);
    expect(section).toMatchObject({ type: 'section', format: 'pcap', littleEndian: true });
    expect(described).toMatchObject({
      type: 'interface',
      interfaceId: 0,
      linkType: 1,
      snapLength: 262_144,
      timestampResolution,
      fcsLength: undefined,
    });
    expect(packet).toMatchObject({
      type: 'packet',
      linkType: 1,
      seconds: SAMPLE_SECONDS,
      nanoseconds,
      originalLength: 49,
      data: captured.udp,
    });
    expect(more).toEqual([]);
  });

  test('pcapng', () => {
    const [section, described, packet, ...more] = parseCapture(pcapng);
    expect(section).toMatchObject({
      format: 'pcapng',
      littleEndian: true,
      application: 'Text2pcap (Wireshark) 4.0.17 (Git v4.0.17 packaged as 4.0.17-0+deb12u1)',
      comments: ['of the file'],
      options: [],
    });
    expect(described).toMatchObject({ name: 'Fake IF, text2pcap', timestampResolution: 9 });
    expect(packet).toMatchObject({
      seconds: SAMPLE_SECONDS,
      nanoseconds: SAMPLE_NANOSECONDS,
      comments: ['another'],
      data: captured.udp,
    });
    expect(more).toEqual([]);
  });
});

describe.each(Object.entries(samples))('%s', (_name, bytes) => {
  const whole = outcome([bytes]).events;

  test('reads the same in chunks of any size', async () => {
    const cuts = fc.array(fc.nat(bytes.length), { maxLength: 8 });
    await fc.assert(
      fc.asyncProperty(cuts, async (places) => {
        const edges = [0, ...places.sort((a, b) => a - b), bytes.length];
        const chunks = edges.slice(1).map((end, i) => bytes.subarray(edges[i], end));
        const events: CaptureEvent[] = [];
        for await (const event of readCapture(chunks)) events.push(event);
        expect(events).toEqual(whole);
      }),
    );
    const single = [...bytes].map((byte) => Uint8Array.of(byte));
    expect(outcome(single)).toEqual({ events: whole, error: undefined });
  });

  test('gives all that is whole of every truncation, and says where the rest begins', () => {
    for (let length = 0; length < bytes.length; length++) {
      const { events, error } = outcome([bytes.subarray(0, length)]);
      expect(events).toEqual(whole.slice(0, events.length));
      // Between two packets a file may end.
      if (error === undefined) continue;
      expect(error.code).toBe('FLUX_CAPTURE_TRUNCATED');
      expect(error.context?.offset).toBeLessThanOrEqual(length);
    }
    expect(outcome([bytes.subarray(0, bytes.length - 1)]).error?.code).toBe(
      'FLUX_CAPTURE_TRUNCATED',
    );
  });

  test('with any bit flipped is read, or refused with a place in it', () => {
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      const flipped = Uint8Array.from(bytes);
      flipped[bit >> 3]! ^= 1 << (bit & 7);
      const { events, error } = outcome([flipped]);
      expect(events.length).toBeLessThanOrEqual(whole.length);
      if (error === undefined) continue;
      expect(error.name).toBe('FluxError');
      expect(error.context?.offset).toBeGreaterThanOrEqual(0);
      expect(error.context?.offset).toBeLessThan(bytes.length);
    }
  });
});

const PCAPNG_PACKET = 180; // Where the packet's block begins.

describe('damage', () => {
  test.each([
    ['nothing', new Uint8Array(0), 'FLUX_CAPTURE_TRUNCATED', 0],
    ['gzip', fromHex('1f8b0800 00000000'), 'FLUX_CAPTURE_MALFORMED', 0],
    ['text', new TextEncoder().encode('hello'), 'FLUX_CAPTURE_MALFORMED', 0],
    ['pcap 3.4', withBytes(pcapNanoseconds, 4, '0300'), 'FLUX_CAPTURE_MALFORMED', 4],
    ['reserved bits', withBytes(pcapNanoseconds, 22, '3000'), 'FLUX_CAPTURE_MALFORMED', 20],
    ['a huge packet', withBytes(pcapNanoseconds, 32, 'ffffffff'), 'FLUX_CAPTURE_MALFORMED', 32],
    ['no byte order', withBytes(pcapng, 8, '00'), 'FLUX_CAPTURE_MALFORMED', 8],
    ['pcapng 2.0', withBytes(pcapng, 12, '0200'), 'FLUX_CAPTURE_MALFORMED', 12],
    ['lengths differ', withBytes(pcapng, 120, '78'), 'FLUX_CAPTURE_MALFORMED', 120],
    ['an odd length', withBytes(pcapng, 4, '7d'), 'FLUX_CAPTURE_MALFORMED', 4],
    ['a short block', withBytes(pcapng, 4, '18'), 'FLUX_CAPTURE_MALFORMED', 4],
    ['a long option', withBytes(pcapng, 26, 'ff'), 'FLUX_CAPTURE_MALFORMED', 24],
    ['a resolution of 2 bytes', withBytes(pcapng, 166, '02'), 'FLUX_CAPTURE_MALFORMED', 164],
    ['interface 1', withBytes(pcapng, PCAPNG_PACKET + 8, '01'), 'FLUX_CAPTURE_MALFORMED', 188],
    ['more than fits', withBytes(pcapng, PCAPNG_PACKET + 20, 'ff'), 'FLUX_CAPTURE_MALFORMED', 200],
    [
      'a length beyond 2^31',
      withBytes(pcapng, PCAPNG_PACKET + 20, 'fdffffff'),
      'FLUX_CAPTURE_MALFORMED',
      200,
    ],
  ])('%s', (_name, bytes, code, offset) => {
    const { error } = outcome([bytes]);
    expect(error).toMatchObject({ name: 'FluxError', code, context: { offset } });
  });

  test('names the tool that unpacks a compressed file', () => {
    expect(outcome([fromHex('1f8b0800')]).error).toMatchObject({
      hint: 'it is compressed: unpack it with gzip first',
    });
  });

  test('is final', () => {
    const reader = new CaptureReader();
    reader.push(fromHex('00000000'));
    expect(() => reader.next()).toThrow('at byte 0');
    reader.push(pcapng);
    expect(() => reader.next()).toThrow('at byte 0');
    expect(() => reader.end()).toThrow('at byte 0');
  });

  test('a length that only claims to be long takes no memory', () => {
    const claims = withBytes(withBytes(pcapng, 4, '00000001'), 120, '00000001');
    expect(outcome([claims]).error?.code).toBe('FLUX_CAPTURE_TRUNCATED');
    expect(outcome([claims], { maxBlockLength: 4096 }).error).toMatchObject({
      code: 'FLUX_CAPTURE_MALFORMED',
      context: { offset: 4 },
    });
  });

  test('a section cannot describe interfaces without end', () => {
    const header = fromHex('0a0d0d0a 0000001c 1a2b3c4d 00010000 ffffffffffffffff 0000001c');
    const description = fromHex('00000001 00000014 00010000 00000000 00000014');
    const chunks = [header, ...new Array<Uint8Array>(65_537).fill(description)];
    const { events, error } = outcome(chunks);
    expect(events.length).toBe(65_537);
    expect(error?.message).toContain('65536 interfaces');
  });
});

describe('pcap of old', () => {
  test('2.2 has the lengths of a packet the other way round', () => {
    const old = withBytes(pcapNanoseconds, 6, '0200');
    expect(packetOf(withBytes(old, 32, 'ff000000')).originalLength).toBe(255);
    expect(packetOf(withBytes(old, 36, 'ff000000')).originalLength).toBe(255);
  });

  test('the length of the frame check sequence counts where its bit is set', () => {
    const fcsOf = (hex: string) => {
      const [, described] = parseCapture(withBytes(pcapNanoseconds, 20, hex));
      return described?.type === 'interface' ? described.fcsLength : NaN;
    };
    expect(fcsOf('01000024')).toBe(4);
    expect(fcsOf('01000020')).toBeUndefined();
  });
});

describe('blocks of pcapng', () => {
  // Big-endian: a section, and an interface with a snap length of 6 and times in 2^-10 s.
  const head = `
    0a0d0d0a 0000001c 1a2b3c4d 0001 0000 ffffffffffffffff 0000001c
    00000001 00000020 0065 0000 00000006 0009 0001 8a000000 0000 0000 00000020`;

  test('a simple packet is as long as the snap length lets it be', () => {
    const file = fromHex(`${head} 00000003 00000018 00000009 450000000102 0000 00000018`);
    expect(packetOf(file)).toMatchObject({
      linkType: 101,
      hasTime: false,
      originalLength: 9,
      data: fromHex('450000000102'),
    });
  });

  test('an obsolete packet is read', () => {
    const file = fromHex(`${head}
      00000002 00000028 0000 0007 00000000 00000600 00000001 00000009 45000000
      0000 0000 00000028`);
    expect(packetOf(file)).toMatchObject({
      seconds: 1,
      nanoseconds: 500_000_000,
      originalLength: 9,
      data: fromHex('45'),
    });
  });

  test('statistics have the counters that are there', () => {
    const file = fromHex(`${head}
      00000005 00000028 00000000 00000000 00000400
      0004 0008 00000001 00000002 0000 0000 00000028`);
    const [, , statistics] = parseCapture(file);
    expect(statistics).toMatchObject({
      type: 'statistics',
      seconds: 1,
      received: 2 ** 32 + 2,
      dropped: undefined,
    });
  });

  test('each section counts its interfaces from 0, in its own byte order', () => {
    const events = [...parseCapture(Uint8Array.from([...fromHex(head), ...pcapng]))];
    expect(events.map((event) => event.type)).toEqual([
      'section',
      'interface',
      'section',
      'interface',
      'packet',
    ]);
    expect(events.filter((event) => event.type === 'interface').map((e) => e.interfaceId)).toEqual([
      0, 0,
    ]);
    expect(events.at(-1)).toMatchObject({ linkType: 1, seconds: SAMPLE_SECONDS });
  });

  test('unknown and custom blocks are skipped, or kept as they are', () => {
    const file = fromHex(`${head}
      0000000a 00000010 01020304 00000010
      00000bad 00000014 00007ed9 05060708 00000014
      40000bad 00000010 00007ed9 00000010`);
    expect([...parseCapture(file)].length).toBe(2);
    expect([...parseCapture(file, { unknownBlocks: 'keep' })].slice(2)).toEqual([
      block(10, '01020304', true),
      block(0x0bad, '00007ed9 05060708', true),
      block(0x40000bad, '00007ed9', false),
    ]);
  });

  function block(blockType: number, body: string, copyable: boolean) {
    return { type: 'block', blockType, body: fromHex(body), littleEndian: false, copyable };
  }
});

test('packets are parts of the chunk, not copies', () => {
  expect(packetOf(pcapng).data.buffer).toBe(pcapng.buffer);
});

test('refuses a bound that is none', () => {
  expect(() => new CaptureReader({ maxBlockLength: 0 })).toThrow(RangeError);
});
