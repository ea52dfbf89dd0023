import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseProgram, runProgram } from '../testing/bpf.js';
import { captured, fixtures, fromHex, viewOf } from '../testing/fixtures.js';
import { libpcapPrograms } from '../testing/libpcap-programs.js';
import { compileFilter, type FilterOptions } from './compile.js';
import { generateSource } from './generate.js';
import { lower } from './lower.js';
import { parseFilter } from './parse.js';

// ------------------------------------------------------------------------------------ the packets

const tcpV6 = fromHex(`
  6000 0000 0014 0640 2001 0db8 0000 0000 0000 0000 0000 0001 2001 0db8 0000 0007
  0000 0000 0000 0002 0fa1 1f90 0000 0001 0000 0000 5002 ffff 0000 0000`);
const ethernet = (etherType: string, payload: Uint8Array) =>
  Uint8Array.from([...fromHex('0200 0000 0002 0200 0000 0001'), ...fromHex(etherType), ...payload]);
const ipv4 = captured.udp.subarray(14);
const syn = captured.tcpSyn.subarray(14);

/** One of each kind, and of each encapsulation. */
const frames: readonly Uint8Array[] = [
  ...Object.values(fixtures),
  ethernet('86dd', tcpV6),
  ethernet('86dd', fromHex(`6000 0000 0008 2c40 ${'00'.repeat(32)} 0600 0001 0000 0000`)),
  ethernet('8847', Uint8Array.from([...fromHex('0001 0140'), ...ipv4])),
  ethernet('8847', Uint8Array.from([...fromHex('0001 0040 0000 7140'), ...syn])),
  ethernet('8864', Uint8Array.from([...fromHex('1100 0003 003c 0021'), ...syn])),
  ethernet('8864', Uint8Array.from([...fromHex('1100 0003 003c 0057'), ...tcpV6])),
  ethernet('003c', fromHex('4242 0300 0000 0000')),
  ethernet('8035', captured.arpReply.subarray(14)),
];

/** What the same packets look like behind other link headers. */
const LINK_HEADERS: Readonly<Record<number, readonly string[]>> = {
  9: ['ff03 0021', 'ff03 0057'],
  101: [''],
  108: ['0000 0002', '0000 000a'],
  113: ['0000 0001 0006 0200 0000 0001 0000 0800', '0000 0001 0006 0200 0000 0001 0000 86dd'],
  276: ['0800 0000 0000 0001 0001 0006 0200 0000 0001 0000'],
};

const framesOf = (linkType: number) =>
  linkType === 1
    ? frames
    : LINK_HEADERS[linkType]!.flatMap((header) =>
        [ipv4, syn, tcpV6].map((payload) => Uint8Array.from([...fromHex(header), ...payload])),
      );

/** A frame, mostly cut and with some bytes changed, at any place in a larger memory. */
const packets = (linkType: number) =>
  fc.record({
    frame: fc.constantFrom(...framesOf(linkType)),
    cut: fc.option(fc.nat(100), { nil: 0, freq: 3 }),
    changes: fc.array(fc.tuple(fc.nat(80), fc.nat(255)), { maxLength: 3 }),
    before: fc.nat(5),
    lost: fc.nat(100),
  });

// -------------------------------------------------------------------------------------- the tests

describe('means what libpcap means', () => {
  test.each(libpcapPrograms)('$linkType: $expression', ({ linkType, expression, program }) => {
    const instructions = parseProgram(program);
    const generated = compileFilter(expression, { linkType });
    const closures = compileFilter(expression, { linkType, code: 'closures' });
    const check = (packet: Uint8Array, before: number, wireLength: number) => {
      const expected = runProgram(instructions, packet, wireLength);
      // What lies around the packet must not count.
      const memory = new Uint8Array(before + packet.length + 100).fill(0x45);
      memory.set(packet, before);
      const view = viewOf(memory);
      const text = `${Buffer.from(packet).toString('hex')} of ${wireLength}`;
      expect(generated(view, before, packet.length, wireLength), text).toBe(expected);
      expect(closures(view, before, packet.length, wireLength), text).toBe(expected);
    };
    for (const frame of framesOf(linkType)) {
      for (let length = 0; length <= frame.length; length++) {
        check(frame.subarray(0, length), length & 3, length);
      }
    }
    fc.assert(
      fc.property(packets(linkType), ({ frame, cut, changes, before, lost }) => {
        const packet = Uint8Array.from(frame.subarray(0, Math.max(0, frame.length - cut)));
        for (const [at, value] of changes) if (at < packet.length) packet[at] = value;
        check(packet, before, packet.length + lost);
      }),
      { numRuns: 100 },
    );
  });

  test('and the frames here match most of the expressions', () => {
    const matching = libpcapPrograms.filter(({ linkType, program }) =>
      framesOf(linkType).some((frame) => runProgram(parseProgram(program), frame, frame.length)),
    );
    expect(matching.length / libpcapPrograms.length).toBeGreaterThan(0.7);
  });
});

function failure(expression: string, options?: FilterOptions) {
  try {
    compileFilter(expression, options);
  } catch (error) {
    return error as Error & { context: { position: number }; hint?: string };
  }
  throw new Error(`${expression} was read`);
}

describe('errors', () => {
  test.each([
    ['10.0.0.1', 0, '"10.0.0.1" needs a word before it'],
    ['tcp and 80', 8, '"80" needs a word before it'],
    ['icmp[0] = 8 or 9', 15, '"9" needs a word before it'],
    ['udp 53', 4, '"and" or "or" is missing before "53"'],
    ['and', 0, '"and"'],
    ['tcp and', 7, 'a term is missing at the end'],
    ['tcp or or udp', 7, 'or'],
    ['(tcp', 4, '")" is missing at the end'],
    ['tcp)', 3, '"and" or "or" is missing before ")"'],
    ['host', 4, 'a value for "host" is missing at the end'],
    ['host example.org', 5, '"example.org" is no address'],
    ['host 256.0.0.1', 5, 'no IPv4 address'],
    ['tcp host 10.0.0.1', 9, '"tcp" does not go with an IPv4 address'],
    ['ip host ::1', 8, '"ip" does not go with an IPv6 address'],
    ['ether host 10.0.0.1', 11, '"ether" does not go with an IPv4 address'],
    ['host 02:00:00:00:00:01', 5, 'belongs behind "ether host"'],
    ['src 10.0.0.0/8', 12, '"net" is missing in front of a prefix'],
    ['net 10.0.0.1/8', 4, 'bits outside the mask are set'],
    ['net 2001:db8::1/32', 4, 'bits behind the first 32 are set'],
    ['net 10.0.0.0/33', 13, 'a length up to 32 is missing'],
    ['port 70000', 5, 'at most 65535'],
    ['port 1-2', 5, '"1-2" is no known port'],
    ['ip port 5', 8, '"ip" does not go with "port"'],
    ['udp port http', 9, 'http is a port of tcp'],
    ['ip proto tcp', 9, 'is no protocol here'],
    ['vlan 5000', 5, '5000 is above 4095'],
    ['tcp[13]', 3, '"and" or "or" is missing before "["'],
    ['tcp[', 4, 'a number or proto[index] is missing at the end'],
    ['tcp[1:3] = 4', 6, 'a size of 1, 2 or 4 is missing'],
    ['ip[1] / 0 = 1', 6, 'division by zero'],
    ['1 << 32 = 0', 2, 'shift by more than 31 bits'],
    ['port 4294967296', 5, 'no number of 32 bits'],
    ['gateway foo', 0, '"gateway" is not supported'],
    ['ip src proto 17', 7, 'a protocol has none'],
    ['ip protochain 6', 3, 'protochain'],
    ['tcp # comment', 4, '"#" means nothing here'],
    ['ip6 broadcast', 4, '"ip6" does not go with "broadcast"'],
    ['ether', 5, '"host", "proto" or the like is missing'],
    ['src', 3, 'a value for "host" is missing'],
  ])('%s', (expression, position, message) => {
    const error = failure(expression);
    expect(error).toMatchObject({ name: 'FluxError', code: 'FLUX_FILTER_SYNTAX' });
    expect(error.context).toEqual({ expression, position });
    expect(error.message).toContain(message);
    // The caret is below the place.
    const lines = error.message.split('\n');
    expect(lines[2]!.indexOf('^')).toBe(position + 2);
  });

  test('say what to write instead', () => {
    expect(failure('ip proto tcp').hint).toBe('write \\tcp: tcp is a keyword');
    expect(failure('host localhost').hint).toBe('names of hosts and nets are not looked up');
  });

  test('have bounds: nesting, terms, length', () => {
    expect(failure(`${'('.repeat(5000)}tcp`).message).toContain('levels');
    expect(failure(`${'not '.repeat(5000)}tcp`).message).toContain('levels');
    expect(failure(`${'1+('.repeat(5000)}1`).message).toContain('levels');
    expect(failure(Array.from({ length: 3000 }, () => 'tcp').join(' or ')).message).toContain(
      '2000 terms',
    );
    expect(failure(' '.repeat(70_000)).message).toContain('65536 characters');
    const many = Array.from({ length: 2000 }, (_, i) => `host 10.0.${i >> 8}.${i & 255}`);
    expect(compileFilter(many.join(' or '))(viewOf(captured.udp), 0, 49)).toBe(false);
  });

  test('know where a link type has no such thing', () => {
    for (const expression of ['ether host 02:00:00:00:00:01', 'vlan', 'pppoes', 'broadcast']) {
      expect(failure(expression, { linkType: 101 }).message).toContain('Ethernet');
    }
    expect(() => compileFilter('ip', { linkType: 127 })).toThrow('link type 127');
  });

  test('any text is read or refused, and never anything else', () => {
    const words = fc.constantFrom(
      ...['tcp', 'udp', 'ip', 'ip6', 'ether', 'host', 'net', 'port', 'portrange', 'proto', 'src'],
      ...['dst', 'and', 'or', 'not', '(', ')', '[', ']', ':', '1', '2', '4', '80', '10.0.0.1', '/'],
      ...[
        '8',
        '::1',
        '02:00:00:00:00:01',
        'vlan',
        'mpls',
        '=',
        '!=',
        '<',
        '&',
        '+',
        '-',
        '*',
        '<<',
      ],
      ...['len', 'less', 'greater', 'broadcast', 'multicast', '1-1023', '\\udp', '%', '^', 'mask'],
    );
    const expressions = fc.oneof(
      fc.array(words, { maxLength: 12 }).map((list) => list.join(' ')),
      fc.string(),
    );
    const view = viewOf(captured.udp);
    fc.assert(
      fc.property(expressions, (expression) => {
        try {
          const generated = compileFilter(expression)(view, 0, view.byteLength);
          const closures = compileFilter(expression, { code: 'closures' });
          expect(closures(view, 0, view.byteLength)).toBe(generated);
        } catch (error) {
          if ((error as { code?: string }).code !== 'FLUX_FILTER_SYNTAX') throw error;
        }
      }),
      { numRuns: 3000 },
    );
  });
});

describe('parseFilter', () => {
  test('gives a tree for other compilers', () => {
    expect(parseFilter('udp dst port 53 and not net 10.0.0.0/8')).toEqual({
      type: 'and',
      left: { type: 'port', transport: 'udp', direction: 'dst', first: 53, last: 53 },
      right: {
        type: 'not',
        operand: {
          type: 'ipv4Net',
          protocol: undefined,
          direction: 'either',
          address: 0x0a000000,
          mask: 0xff000000,
        },
      },
    });
    expect(parseFilter(' ')).toEqual({ type: 'all' });
  });

  test('a tree compiles as its text does', () => {
    const view = viewOf(captured.udp);
    const tree = parseFilter('udp and src port 4000');
    expect(compileFilter(tree)(view, 0, view.byteLength)).toBe(true);
  });
});

describe('generated code', () => {
  test('has nothing in it but numbers and known words, whoever made the tree', () => {
    const evil = '0; globalThis.stolen = true' as unknown as number;
    const trees = [
      { type: 'etherProtocol', etherType: evil },
      { type: 'vlan', id: evil },
      {
        type: 'relation',
        operator: '=',
        left: { type: 'number', value: evil },
        right: { type: 'length' },
      },
      {
        type: 'relation',
        operator: '=',
        left: { type: 'length' },
        right: {
          type: 'bytes',
          protocol: 'ip',
          index: { type: 'number', value: evil },
          size: evil,
        },
      },
      {
        type: 'relation',
        operator: '=',
        left: { type: 'length' },
        right: {
          type: 'binary',
          operator: evil,
          left: { type: 'length' },
          right: { type: 'length' },
        },
      },
    ];
    for (const tree of trees) {
      let source = '';
      try {
        source = generateSource(lower(tree as never, { linkType: 1, netmask: 0 }));
      } catch {
        continue;
      }
      expect(source).not.toContain('globalThis');
    }
    expect(globalThis).not.toHaveProperty('stolen');
  });

  test('reads a field once', () => {
    const test = lower(parseFilter('udp and (src port 53 or dst port 53)'), {
      linkType: 1,
      netmask: 0,
    });
    expect(generateSource(test).match(/offset \+ 12\)/g)?.length).toBe(1);
  });
});

test('the netmask counts for ip broadcast', () => {
  const frame = Uint8Array.from(captured.udp);
  frame[33] = 0xff;
  const matches = (netmask: number) =>
    compileFilter('ip broadcast', { netmask })(viewOf(frame), 0, frame.length);
  expect([matches(0), matches(0xffff_ff00), matches(0xffff_0000)]).toEqual([false, true, false]);
});

test('the loopback link type is read in either byte order', () => {
  for (const header of ['0200 0000', '0000 0002']) {
    const packet = Uint8Array.from([...fromHex(header), ...ipv4]);
    expect(compileFilter('udp port 5000', { linkType: 0 })(viewOf(packet), 0, packet.length)).toBe(
      true,
    );
  }
});
