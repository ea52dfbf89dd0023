import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RingRegion } from '../contract/ring.js';
import { CompletionRing } from './completion-ring.js';
import { FillRing } from './fill-ring.js';
import { RxRing } from './rx-ring.js';
import { TxRing } from './tx-ring.js';

/** Indices shortly before the places where 32-bit arithmetic goes wrong. */
const STARTS = [0, 0x7fffff00, 0x7ffffffe, 0xfffffff0, 2 ** 32 - 2];

/** A ring of plain memory, laid out as Linux 6.18 does, with the kernel's side played by hand. */
function fakeRing(size: number, start: number, entryBytes: 8 | 16) {
  const buffer = new ArrayBuffer(320 + size * entryBytes);
  const words = new Int32Array(buffer);
  words[0] = start;
  words[32] = start;
  const region: RingRegion = {
    buffer,
    producerOffset: 0,
    consumerOffset: 128,
    flagsOffset: 196,
    descriptorOffset: 320,
    size,
  };
  const slot = (index: number) => 80 + ((index & (size - 1)) * entryBytes) / 4;
  return {
    region,
    words,
    get producer() {
      return words[0]!;
    },
    set producer(value: number) {
      words[0] = value;
    },
    get consumer() {
      return words[32]!;
    },
    set consumer(value: number) {
      words[32] = value;
    },
    word: (index: number, field: number) => words[slot(index) + field]!,
    setWord: (index: number, field: number, value: number) => {
      words[slot(index) + field] = value;
    },
  };
}

/** Slots from 0 up: `x` is in use, `.` is free. */
function picture(ring: ReturnType<typeof fakeRing>): string {
  const { size } = ring.region;
  const slots = Array.from({ length: size }, () => '.');
  for (let i = ring.consumer; i !== ring.producer; i = (i + 1) | 0) slots[i & (size - 1)] = 'x';
  return slots.join('');
}

describe('producer ring', () => {
  it('shows entries to the kernel at submit, not at reserve', () => {
    const fake = fakeRing(8, 0, 16);
    const tx = new TxRing(fake.region);
    expect(tx.reserve(3)).toBe(3);
    tx.setDescriptor(0, 0x1000, 60, 0);
    tx.setDescriptor(1, 0x2000, 61, 1);
    tx.setDescriptor(2, 0x3000, 62, 0);
    expect(picture(fake)).toBe('........');
    tx.submit(2);
    expect(picture(fake)).toBe('xx......');
    tx.submit(1);
    expect(picture(fake)).toBe('xxx.....');
    expect([0, 1, 2, 3].map((field) => fake.word(1, field))).toEqual([0x2000, 0, 61, 1]);
  });

  it('gives what is free, and nothing when full', () => {
    const fake = fakeRing(4, 0, 8);
    const fill = new FillRing(fake.region);
    expect(fill.reserve(100)).toBe(4);
    fill.submit(4);
    expect(fill.reserve(1)).toBe(0);
    fake.consumer = 2;
    expect(fill.reserve(4)).toBe(2);
    expect(picture(fake)).toBe('..xx');
  });

  it('reads the consumer again only when its copy says full', () => {
    const fake = fakeRing(4, 0, 8);
    const fill = new FillRing(fake.region);
    fill.submit(fill.reserve(2));
    fake.consumer = 2; // Not needed yet: two entries are free as it is.
    expect(fill.reserve(2)).toBe(2);
    fill.submit(2);
    expect(fill.reserve(2)).toBe(2);
  });

  it('stops when the consumer is ahead of what was submitted, whatever is reserved', () => {
    const fake = fakeRing(8, 0, 8);
    const fill = new FillRing(fake.region);
    fill.reserve(4);
    fake.consumer = 3;
    expect(fill.reserve(8)).toBe(0);
    expect(fill.corrupt).toBe(true);
  });

  it.each([
    [-1, 0],
    [Number.NaN, 0],
    [1.5, 1],
    [2 ** 32, 4],
    [Infinity, 4],
  ])('takes reserve(%d) for %d', (count, taken) => {
    const fill = new FillRing(fakeRing(4, 0, 8).region);
    expect(fill.reserve(count)).toBe(taken);
    expect(fill.reserve(4)).toBe(4 - taken);
  });

  it('takes a cancelled reservation back', () => {
    const fake = fakeRing(4, 0, 8);
    const fill = new FillRing(fake.region);
    expect(fill.reserve(4)).toBe(4);
    fill.cancel(3);
    fill.submit(1);
    expect(picture(fake)).toBe('x...');
    expect(fill.reserve(4)).toBe(3);
  });

  it.each([-1, 3, Number.NaN])('refuses to submit or cancel %d of 2 reserved entries', (count) => {
    const fill = new FillRing(fakeRing(4, 0, 8).region);
    fill.reserve(2);
    expect(() => fill.submit(count)).toThrow(RangeError);
    expect(() => fill.cancel(count)).toThrow(RangeError);
  });

  it.each([-1, 5])('stops when the consumer index is off by %d', (offset) => {
    const fake = fakeRing(4, 0, 8);
    const fill = new FillRing(fake.region);
    fill.submit(fill.reserve(4));
    fake.consumer = offset;
    expect(fill.reserve(1)).toBe(0);
    expect(fill.corrupt).toBe(true);
    fake.consumer = 4;
    expect(fill.reserve(1)).toBe(0);
  });
});

describe('consumer ring', () => {
  it('frees slots at release, not at peek', () => {
    const fake = fakeRing(8, 0, 16);
    const rx = new RxRing(fake.region);
    for (let i = 0; i < 3; i++) {
      fake.setWord(i, 0, 0x800 * i + 256);
      fake.setWord(i, 2, 60 + i);
    }
    fake.producer = 3;
    expect(rx.peek(2)).toBe(2);
    expect([rx.address(1), rx.length(1), rx.options(1)]).toEqual([0x900, 61, 0]);
    expect(picture(fake)).toBe('xxx.....');
    rx.release(2);
    expect(picture(fake)).toBe('..x.....');
    expect(rx.peek(8)).toBe(1);
    expect(rx.length(0)).toBe(62);
    expect(rx.peek(8)).toBe(0);
  });

  it.each([
    [-1, 0],
    [Number.NaN, 0],
    [1.5, 1],
    [2 ** 32, 3],
  ])('takes peek(%d) for %d', (count, seen) => {
    const fake = fakeRing(4, 0, 8);
    const completion = new CompletionRing(fake.region);
    fake.producer = 3;
    expect(completion.peek(count)).toBe(seen);
    expect(completion.peek(4)).toBe(3 - seen);
  });

  it('shows cancelled entries again', () => {
    const fake = fakeRing(4, 0, 8);
    const completion = new CompletionRing(fake.region);
    fake.producer = 3;
    for (let i = 0; i < 3; i++) fake.setWord(i, 0, i * 0x1000);
    expect(completion.peek(3)).toBe(3);
    completion.cancel(2);
    expect(completion.peek(3)).toBe(2);
    expect(completion.address(0)).toBe(0x1000);
    completion.release(3);
    expect(picture(fake)).toBe('....');
  });

  it('reports addresses beyond 2 GiB as -1 and lengths as they are', () => {
    const fake = fakeRing(4, 0, 16);
    const rx = new RxRing(fake.region);
    fake.setWord(0, 1, 1);
    fake.setWord(0, 2, -1);
    fake.setWord(1, 0, -4096);
    fake.producer = 2;
    rx.peek(2);
    expect(rx.address(0)).toBe(-1);
    expect(rx.length(0)).toBe(-1);
    expect(rx.address(1)).toBeLessThan(0);
  });

  it('adds the offset in the upper bits to the address where chunks are unaligned', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 2 ** 31 - 1 }),
        fc.integer({ min: 0, max: 0xffff }),
        (address, offset) => {
          for (const Class of [RxRing, CompletionRing]) {
            const fake = fakeRing(2, 0, Class === RxRing ? 16 : 8);
            fake.setWord(0, 0, address);
            fake.setWord(0, 1, offset << 16);
            fake.producer = 1;
            const unaligned = new Class(fake.region, true);
            unaligned.peek(1);
            const sum = address + offset;
            if (sum < 2 ** 31) expect(unaligned.address(0)).toBe(sum);
            else expect(unaligned.address(0)).toBeLessThan(0);
            const aligned = new Class(fake.region);
            aligned.peek(1);
            expect(aligned.address(0)).toBe(offset === 0 ? address : -1);
          }
        },
      ),
    );
  });

  it('knows no unaligned address with a bit from 32 to 47', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 0xffff }), fc.integer(), (middle, low) => {
        const fake = fakeRing(2, 0, 16);
        fake.setWord(0, 0, low);
        fake.setWord(0, 1, (0x100 << 16) | middle);
        fake.producer = 1;
        const rx = new RxRing(fake.region, true);
        rx.peek(1);
        expect(rx.address(0)).toBe(-1);
      }),
    );
  });

  it.each([-1, 5])('stops when the producer index is off by %d', (offset) => {
    const fake = fakeRing(4, 0, 16);
    const rx = new RxRing(fake.region);
    fake.producer = offset;
    expect(rx.peek(4)).toBe(0);
    expect(rx.corrupt).toBe(true);
  });

  it('counts unreleased entries when it checks the producer', () => {
    const fake = fakeRing(4, 0, 16);
    const rx = new RxRing(fake.region);
    fake.producer = 2;
    rx.peek(2);
    fake.producer = 5; // Overwrites an entry that was not released.
    expect(rx.peek(4)).toBe(0);
    expect(rx.corrupt).toBe(true);
  });

  it.each([-1, 3])('refuses to release or cancel %d of 2 peeked entries', (count) => {
    const fake = fakeRing(4, 0, 16);
    const rx = new RxRing(fake.region);
    fake.producer = 2;
    rx.peek(2);
    expect(() => rx.release(count)).toThrow(RangeError);
    expect(() => rx.cancel(count)).toThrow(RangeError);
  });
});

describe('any ring', () => {
  it('shows the wake-up flag', () => {
    const fake = fakeRing(4, 0, 16);
    const tx = new TxRing(fake.region);
    expect(tx.needsWakeup).toBe(false);
    fake.words[49] = 1;
    expect(tx.needsWakeup).toBe(true);
  });

  it('is empty and full once it is detached, and touches no memory', () => {
    const fake = fakeRing(4, 0, 16);
    const tx = new TxRing(fake.region);
    const rx = new RxRing(fake.region);
    tx.reserve(2);
    structuredClone(fake.region.buffer, { transfer: [fake.region.buffer] });
    expect(tx.reserve(1)).toBe(0);
    expect(() => tx.submit(2)).not.toThrow();
    expect(rx.peek(1)).toBe(0);
    expect([tx.pending, rx.pending, tx.needsWakeup]).toEqual([0, 0, false]);
    expect([tx.detached, rx.detached]).toEqual([true, true]);
  });

  it.each(STARTS)('keeps order and content over wrap-around from index %d', (start) => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 4 }).map((exponent) => 2 ** exponent),
        fc.array(fc.tuple(fc.integer({ min: 0, max: 20 }), fc.integer({ min: 0, max: 20 })), {
          minLength: 20,
          maxLength: 60,
        }),
        (size, steps) => {
          const fake = fakeRing(size, start | 0, 16);
          const tx = new TxRing(fake.region);
          const rx = new RxRing(fake.region); // The kernel's side of the same ring.
          let sent = 0;
          let received = 0;
          for (const [produce, consume] of steps) {
            const granted = tx.reserve(produce);
            expect(granted).toBe(Math.min(produce, size - (sent - received)));
            for (let i = 0; i < granted; i++) tx.setDescriptor(i, sent + i, sent + i, 0);
            tx.submit(granted);
            sent += granted;
            const seen = rx.peek(consume);
            expect(seen).toBe(Math.min(consume, sent - received));
            for (let i = 0; i < seen; i++) expect(rx.address(i)).toBe(received + i);
            rx.release(seen);
            received += seen;
            expect(tx.pending).toBe(sent - received);
          }
          expect(tx.corrupt || rx.corrupt).toBe(false);
        },
      ),
    );
  });
});
