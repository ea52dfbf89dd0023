import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DESC_CONTINUED, DESC_TX_METADATA, type RingRegion } from '../contract/ring.js';
import type { UmemRegistration } from '../contract/umem.js';
import { internetChecksum } from './internet-checksum.js';
import { MAX_SECONDS, nanosecondsOf, secondsOf, writeTime } from './nanoseconds.js';
import { TxMetadata, type TxMetadataEffective } from './tx-metadata.js';
import { TxRequest } from './tx-request.js';
import { TxRing } from './tx-ring.js';

const CHUNK = 2048;
const SIZE = 4 * CHUNK;
const ALL: TxMetadataEffective = { checksum: 'device', timestamp: true, launchTime: true };

function setUp(
  effective: Partial<TxMetadataEffective> = {},
  { unaligned = false, txMetadataLength = 24 } = {},
) {
  const buffer = new ArrayBuffer(SIZE);
  const registration = {
    memory: { buffer, size: SIZE },
    chunkSize: CHUNK,
    unaligned,
    txMetadataLength,
  } as unknown as UmemRegistration;
  const view = new DataView(buffer);
  return { view, metadata: new TxMetadata(registration, view, { ...ALL, ...effective }) };
}

function requestOf({ checksum, timestamp }: { checksum?: [number, number]; timestamp?: boolean }) {
  const request = new TxRequest();
  if (checksum !== undefined) request.checksum(...checksum);
  if (timestamp === true) request.timestamp();
  return request;
}

/** Anything that a number can be in JavaScript, and what is almost right. */
const hostileNumber = fc.oneof(
  { weight: 4, arbitrary: fc.integer({ min: 0, max: CHUNK }) },
  fc.integer({ min: -10, max: SIZE + 10 }),
  fc.double(),
  fc.constantFrom(2 ** 31, 2 ** 31 - 1, -(2 ** 31), 2 ** 32, 2 ** 53, Number.NaN, -0.5, 24.5),
);

/** `xskq_cons_is_valid_desc`, with BigInt for its 64 bits. */
function kernelTakes(address: bigint, length: bigint, room: bigint, unaligned: boolean): boolean {
  const chunk = BigInt(CHUNK);
  const size = BigInt(SIZE);
  const first = address - room;
  if (length === 0n || first < 0n || first >= size) return false;
  if (unaligned) return length + room <= chunk && first + length + room <= size;
  return (first % chunk) + length + room <= chunk;
}

describe('room in front of a packet', () => {
  it.each([false, true])('is what the kernel wants (unaligned: %s)', (unaligned) => {
    const allowed = { seen: 0 };
    fc.assert(
      fc.property(hostileNumber, hostileNumber, fc.constantFrom(0, 24), (address, length, room) => {
        const { metadata } = setUp({}, { unaligned, txMetadataLength: room });
        const isInteger = Number.isInteger(address) && Number.isInteger(length) && length >= 0;
        const valid =
          isInteger && kernelTakes(BigInt(address), BigInt(length), BigInt(room), unaligned);
        const check = () => metadata.checkRoom(address, length);
        if (valid) {
          allowed.seen++;
          check();
        } else {
          expect(check).toThrow(RangeError);
        }
      }),
      { numRuns: 5000 },
    );
    expect(allowed.seen).toBeGreaterThan(100);
  });

  it.each([0, 23, CHUNK, CHUNK + 23, SIZE])('is missing at %i', (address) => {
    expect(() => setUp().metadata.checkRoom(address, 64)).toThrow('24 bytes of room in front');
  });

  it.each([24, CHUNK - 64, CHUNK + 24, SIZE - 64])('is there at %i', (address) => {
    setUp().metadata.checkRoom(address, 64);
  });
});

describe('a request', () => {
  it('stands in front of the packet as the kernel reads it', () => {
    const { metadata, view } = setUp();
    const request = requestOf({ checksum: [34, 16], timestamp: true });
    request.launchTime(1_700_000_000, 123_456_789);
    new Uint8Array(view.buffer).fill(0xee);
    expect(metadata.write(64, 100, 0, request)).toBe(DESC_TX_METADATA);
    expect(view.getBigUint64(40, true)).toBe(7n);
    expect([view.getUint16(48, true), view.getUint16(50, true)]).toEqual([34, 16]);
    expect(view.getUint32(52, true)).toBe(0);
    expect(view.getBigUint64(56, true)).toBe(1_700_000_000_123_456_789n);
    expect([view.getUint8(39), view.getUint8(64)]).toEqual([0xee, 0xee]);
  });

  it('for nothing is none', () => {
    const { metadata, view } = setUp();
    const request = requestOf({ checksum: [0, 0], timestamp: true });
    request.clear();
    view.setUint32(40, 0xffffffff);
    expect(metadata.write(64, 100, 0, request)).toBe(0);
    expect(view.getUint32(40)).toBe(0xffffffff);
  });

  it('has its checksum in the packet', () => {
    const { metadata } = setUp();
    expect(metadata.write(64, 60, 0, requestOf({ checksum: [34, 24] }))).toBe(DESC_TX_METADATA);
    for (const checksum of [
      [34, 25],
      [59, 0],
      [0, 59],
      [65535, 65535],
    ] as const) {
      const write = () => metadata.write(64, 60, 0, requestOf({ checksum: [...checksum] }));
      expect(write).toThrow(/is not in the 60 bytes/);
    }
  });

  it('is refused where nobody can meet it', () => {
    const nothing = setUp({ timestamp: false, launchTime: false }).metadata;
    expect(() => nothing.write(64, 60, 0, requestOf({ timestamp: true }))).toThrow('no timestamp');
    const launch = new TxRequest();
    launch.launchTime(1, 0);
    expect(() => nothing.write(64, 60, 0, launch)).toThrow('no launch time');
    const odd = () => setUp().metadata.write(65, 60, 0, requestOf({ timestamp: true }));
    expect(odd).toThrow('an even address');
  });

  it.each(['kernel', 'software'] as const)('a checksum by %s wants one piece', (checksum) => {
    const request = requestOf({ checksum: [0, 0] });
    const { metadata } = setUp({ checksum });
    expect(() => metadata.write(64, 60, DESC_CONTINUED, request)).toThrow('in one piece');
    expect(setUp().metadata.write(64, 60, DESC_CONTINUED, request)).toBe(DESC_TX_METADATA);
  });

  it.each([Number.NaN, -1, 0.5, 65536, 2 ** 32, 2 ** 53, '1' as never, undefined as never])(
    'of %s is none',
    (value) => {
      const request = new TxRequest();
      expect(() => request.checksum(value, 0)).toThrow(RangeError);
      expect(() => request.checksum(0, value)).toThrow(RangeError);
      expect(request.wantsChecksum).toBe(false);
      if (value === 65536 || value === 2 ** 32) return; // Are times.
      expect(() => request.launchTime(value, 0)).toThrow(RangeError);
      expect(() => request.launchTime(0, value)).toThrow(RangeError);
      expect(request.wantsLaunchTime).toBe(false);
    },
  );
});

describe('a checksum of our own', () => {
  it('needs no metadata', () => {
    const { metadata, view } = setUp({ checksum: 'software' }, { txMetadataLength: 0 });
    view.setUint8(20, 0x12);
    expect(metadata.write(0, 60, 0, requestOf({ checksum: [20, 6] }))).toBe(0);
    expect(view.getUint16(26)).toBe(0xffff - 0x1200);
  });

  it('goes beside a timestamp by the device', () => {
    const { metadata, view } = setUp({ checksum: 'software' });
    const request = requestOf({ checksum: [0, 0], timestamp: true });
    expect(metadata.write(64, 60, 0, request)).toBe(DESC_TX_METADATA);
    expect(view.getBigUint64(40, true)).toBe(1n);
    expect(view.getUint16(64)).toBe(0xffff);
  });

  it('is the ones complement of the ones complement sum', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 4096 }), (bytes) => {
        let sum = 0;
        for (const [i, byte] of bytes.entries()) sum += i % 2 === 0 ? byte * 256 : byte;
        const expected = sum === 0 ? 0xffff : 0xffff - (sum % 0xffff || 0xffff) || 0xffff;
        expect(internetChecksum(new DataView(bytes.buffer), 0, bytes.length)).toBe(expected);
      }),
    );
  });
});

describe('times', () => {
  const part = { min: 0, max: 999_999_999 };
  it('are what BigInt makes of them', () => {
    const view = new DataView(new ArrayBuffer(8));
    fc.assert(
      fc.property(fc.integer({ min: 0, max: MAX_SECONDS }), fc.integer(part), (s, ns) => {
        writeTime(view, 0, s, ns);
        expect(view.getBigUint64(0, true)).toBe(BigInt(s) * 1_000_000_000n + BigInt(ns));
        const [low, high] = [view.getUint32(0, true), view.getUint32(4, true)];
        expect([secondsOf(high, low), nanosecondsOf(high, low)]).toEqual([s, ns]);
      }),
    );
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), (time) => {
        const [high, low] = [Number(time >> 32n), Number(time & 0xffffffffn)];
        expect(BigInt(secondsOf(high, low))).toBe(time / 1_000_000_000n);
        expect(BigInt(nanosecondsOf(high, low))).toBe(time % 1_000_000_000n);
      }),
    );
  });

  it('are read once, and only where one came back', () => {
    const { metadata, view } = setUp();
    const request = requestOf({ checksum: [34, 16], timestamp: true });
    metadata.write(64, 100, 0, request);
    expect(metadata.readTimestamp(64)).toBe(false);
    view.setBigUint64(48, 1_700_000_000_000_000_001n, true);
    expect(metadata.readTimestamp(64)).toBe(true);
    expect([metadata.seconds, metadata.nanoseconds]).toEqual([1_700_000_000, 1]);
    expect(metadata.readTimestamp(64)).toBe(false);
    for (const address of [-1, 0, 23, SIZE + 1, 2 ** 31, Number.NaN]) {
      expect(metadata.readTimestamp(address)).toBe(false);
    }
    expect(setUp({}, { txMetadataLength: 0 }).metadata.readTimestamp(64)).toBe(false);
  });
});

describe('a TX ring', () => {
  function ring(metadata?: TxMetadata) {
    const buffer = new ArrayBuffer(320 + 4 * 16);
    const offsets = { producerOffset: 0, consumerOffset: 128, flagsOffset: 196 };
    const region: RingRegion = { buffer, ...offsets, descriptorOffset: 320, size: 4 };
    return { tx: new TxRing(region, metadata), words: new Uint32Array(buffer, 320) };
  }

  it('takes the metadata bit only with a request', () => {
    const { tx, words } = ring(setUp().metadata);
    expect(tx.reserve(2)).toBe(2);
    tx.setDescriptor(0, 64, 60, DESC_TX_METADATA | DESC_CONTINUED);
    tx.setDescriptorWith(1, 64, 60, 0xffff, requestOf({ timestamp: true }));
    expect([...words.subarray(0, 8)]).toEqual([64, 0, 60, 1, 64, 0, 60, 0xffff]);
  });

  it('leaves the entry as it was when the request is refused', () => {
    const { tx, words } = ring(setUp().metadata);
    tx.reserve(1);
    const request = requestOf({ checksum: [60, 0] });
    expect(() => tx.setDescriptorWith(0, 64, 60, 0, request)).toThrow(RangeError);
    expect(() => tx.setDescriptor(0, 8, 60, 0)).toThrow(RangeError);
    expect([...words.subarray(0, 4)]).toEqual([0, 0, 0, 0]);
  });

  it('of a memory without metadata has no checks, and no requests but checksums', () => {
    const { tx, words } = ring(setUp({}, { txMetadataLength: 0 }).metadata);
    tx.reserve(1);
    tx.setDescriptor(0, 0, 5000, 0);
    expect([...words.subarray(0, 4)]).toEqual([0, 0, 5000, 0]);
    expect(() => ring().tx.setDescriptorWith(0, 0, 60, 0, new TxRequest())).toThrow(RangeError);
  });
});
