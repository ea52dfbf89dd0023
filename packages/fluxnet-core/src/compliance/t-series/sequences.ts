import assert from 'node:assert/strict';
import type { Case } from '../case.js';
import { expectReturns } from '../expectations.js';
import type { Rig } from '../rig.js';
import { type Descriptor, pushTx } from '../rings.js';
import { LENGTH, Wire } from '../wire.js';

/** What one kick does. */
interface Kick {
  readonly result?: 'EAGAIN';
  /** Descriptors counted as invalid. */
  readonly invalid?: number;
  /** Descriptors completed. */
  readonly completed: number;
  /** Lengths of the packets that go out. */
  readonly sent?: readonly number[];
}

interface Sequence {
  /** V: valid, I: of length 0, C: valid and continued, J: of length 0 and continued. */
  readonly descriptors: string;
  /** Invalid descriptors are completed, and what they continue is drained. */
  readonly generationC: readonly Kick[];
  /** Invalid descriptors vanish, and what follows begins a new packet. */
  readonly generationA: readonly Kick[];
}

const one = [LENGTH];
const two = [LENGTH, LENGTH];

const SEQUENCES: readonly Sequence[] = [
  {
    descriptors: 'V I V V I V',
    generationC: [
      { invalid: 1, completed: 2, sent: one },
      { invalid: 1, completed: 3, sent: two },
      { completed: 1, sent: one },
    ],
    generationA: [
      { invalid: 1, completed: 1, sent: one },
      { invalid: 1, completed: 2, sent: two },
      { completed: 1, sent: one },
    ],
  },
  {
    descriptors: 'C C I V',
    generationC: [
      { invalid: 3, completed: 3 },
      { completed: 1, sent: one },
    ],
    generationA: [
      { invalid: 3, completed: 0 },
      { completed: 1, sent: one },
    ],
  },
  {
    descriptors: 'C J V V',
    generationC: [
      { invalid: 2, completed: 2 },
      { invalid: 1, completed: 2, sent: one },
    ],
    generationA: [
      { invalid: 2, completed: 0 },
      { completed: 2, sent: two },
    ],
  },
  {
    descriptors: `J ${'C '.repeat(40)}V V`,
    generationC: [
      { invalid: 1, completed: 1 },
      { result: 'EAGAIN', invalid: 32, completed: 32 },
      { invalid: 9, completed: 10, sent: one },
    ],
    // Eighteen continued descriptors are too many, twice; four are left for one packet.
    generationA: [
      { invalid: 1, completed: 0 },
      { result: 'EAGAIN', invalid: 18, completed: 0 },
      { invalid: 18, completed: 6, sent: [5 * LENGTH, LENGTH] },
    ],
  },
  fragments(17, {}),
  fragments(18, {}),
  fragments(19, { rest: one }),
  fragments(20, { rest: [2 * LENGTH] }),
];

/** A packet of many descriptors, and one of one, in one kick: 18 is the most in copy mode. */
function fragments(count: number, { rest }: { rest?: readonly number[] }): Sequence {
  const descriptors = `${'C '.repeat(count - 1)}V V`;
  if (rest === undefined) {
    const kick = { completed: count + 1, sent: [count * LENGTH, LENGTH] };
    return { descriptors, generationC: [kick], generationA: [kick] };
  }
  return {
    descriptors,
    generationC: [{ invalid: count, completed: count + 1, sent: one }],
    generationA: [{ invalid: 18, completed: count + 1 - 18, sent: [...rest, LENGTH] }],
  };
}

function descriptorsOf(text: string): Descriptor[] {
  return text.split(' ').map((letter, i) => ({
    addr: (i % 64) * 4096,
    len: letter === 'I' || letter === 'J' ? 0 : LENGTH,
    options: letter === 'C' || letter === 'J' ? 1 : 0,
  }));
}

async function checkSequence(rig: Rig, sequence: Sequence): Promise<void> {
  const wire = new Wire(rig);
  const { socket } = wire.sender;
  pushTx(socket.tx, ...descriptorsOf(sequence.descriptors));
  const kicks = rig.machine.generation === 'C' ? sequence.generationC : sequence.generationA;
  for (const [i, { result = 0, invalid = 0, completed, sent = [] }] of kicks.entries()) {
    const before = socket.statistics().txInvalidDescs;
    expectReturns(wire.kick(), result);
    assert.equal(socket.statistics().txInvalidDescs - before, invalid, `kick ${i + 1}: invalid`);
    const addresses = await wire.complete(completed);
    assert.equal(addresses.length, completed, `kick ${i + 1}: completions`);
    const received = await wire.receiveDescriptors(sent.length);
    assert.deepEqual(
      received.map(({ len }) => len),
      sent,
      `kick ${i + 1}: packets`,
    );
  }
  await wire.expectNothingBefore(50);
}

/** Invalid descriptors among others, and packets of several descriptors (`__xsk_generic_xmit`). */
export const sequenceCases: readonly Case[] = [
  ...SEQUENCES.map(
    (sequence): Case => ({
      name: `T sequence ${shorten(sequence.descriptors)}`,
      mayDiffer:
        'Kernels up to 6.18.36 do not complete invalid descriptors (generation A), later ones do ' +
        '(generation C): §2.0 and §2.6 of the specification.',
      run: (rig) => checkSequence(rig, sequence),
    }),
  ),
  {
    name: 'T a packet of two descriptors, in two kicks',
    async run(rig) {
      const wire = new Wire(rig);
      pushTx(wire.sender.socket.tx, { addr: 0, len: LENGTH, options: 1 });
      expectReturns(wire.kick(), 0);
      pushTx(wire.sender.socket.tx, { addr: 4096, len: LENGTH });
      expectReturns(wire.kick(), 0);
      assert.deepEqual(await wire.complete(2), [0n, 4096n]);
      const received = await wire.receiveDescriptors(1);
      assert.deepEqual(
        received.map(({ len }) => len),
        [2 * LENGTH],
      );
    },
  },
];

function shorten(text: string): string {
  return text.replace(/(C )\1{3,}/g, (run) => `C×${run.length / 2} `);
}
