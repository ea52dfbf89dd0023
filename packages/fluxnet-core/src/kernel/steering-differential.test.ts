import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasKernel } from '../../../../test/support/kernel.js';
import type { SteeringCounters } from '../contract/steering.js';
import type { XdpFrame } from '../contract/xdp-function.js';
import type { SteeringRule } from '../steering/rule.js';
import { SteeringModel } from '../steering/steering-model.js';
import { checkSteering } from '../steering/steering-options.js';
import { ruleMatches } from '../steering/testing/oracle.js';
import { Random, randomPacket, randomRule } from '../steering/testing/random.js';
import { type KernelSteering, openSteering } from './kernel-steering.js';
import { loadNative } from './load-native.js';
import type { NativeXdpObject } from './native.js';
import { loadFile } from './xdp-object.js';

const LISTS = process.env.FLUXNET_FULL === '1' ? 4000 : 400;
const PACKETS = 500;
const VERDICTS: Record<number, string> = { 1: 'drop', 2: 'pass' };
const PREFIXES = ['10.0.0.0/8', '10.0.0.2', '192.168.0.0/16', '2001:db8::/32', '::1', 'fe80::/10'];

/** `BPF_PROG_TEST_RUN` reaches no socket: what is meant for one passes, and is counted so. */
class TestFrame implements XdpFrame {
  bytes: Uint8Array = new Uint8Array(0);
  readonly offset = 0;
  readonly metadataLength = 0;
  get length(): number {
    return this.bytes.length;
  }
  adjustHead = () => 0;
  adjustTail = () => 0;
  adjustMetadata = () => 0;
  redirect = () => 'pass' as const;
}

describe.skipIf(!hasKernel)('steering program, model and the obvious way [kernel]', () => {
  const native = hasKernel ? loadNative() : undefined!;
  const options = { maxRules: 256, maxPrefixes: 100 };
  let object: NativeXdpObject;
  let steering: KernelSteering;

  beforeAll(() => {
    ({ object } = loadFile(native, { kind: 'steering', ...options }, 1));
    steering = openSteering(native, object, checkSteering('steering', options), 1);
  });

  afterAll(() => {
    steering.close();
    object.close();
  });

  it(`agree on ${LISTS * PACKETS} packets`, async () => {
    const verdicts = new Map<string, number>();
    for (let seed = 1; seed <= LISTS; seed++) {
      await compareList(seed, verdicts);
    }
    // Each verdict came often enough to say something.
    for (const [, count] of verdicts) expect(count).toBeGreaterThan(LISTS * PACKETS * 0.01);
    expect([...verdicts.keys()].sort()).toEqual(['default', 'drop', 'host', 'prefix', 'socket']);
  }, 600_000);

  async function compareList(seed: number, verdicts: Map<string, number>): Promise<void> {
    const random = new Random(seed);
    // Sampling counts per CPU, and a test run takes the CPU that it is on: it has its own test.
    const rules = Array.from({ length: random.pick([0, 1, 3, 10, 60]) }, () => {
      const { sample: _, ...rule } = randomRule(random);
      return rule;
    });
    const defaultAction = random.pick(['socket', 'host', 'drop'] as const);
    const model = new SteeringModel('steering', { rules, defaultAction }, 1);
    const [blocked, allowed] = [random.pick(PREFIXES), random.pick(PREFIXES)];
    const withPrefixes = random.chance(30) && blocked !== allowed;
    await steering.unblock(PREFIXES);
    if (withPrefixes) {
      for (const target of [steering, model]) {
        await target.block([blocked]);
        await target.allow([allowed]);
      }
    }
    await steering.set(rules, { defaultAction });
    const before = steering.counters();
    const frame = new TestFrame();
    for (let i = 0; i < PACKETS; i++) {
      frame.bytes = randomPacket(random);
      const [verdict] = native.testProgram(object.programFd(), frame.bytes, 1);
      const expected = decide(rules, defaultAction, frame.bytes, withPrefixes, blocked, allowed);
      const found = { kernel: VERDICTS[verdict], model: model.run(frame, 0) };
      const obvious = expected.action === 'drop' ? 'drop' : 'pass';
      if (found.kernel !== obvious || found.model !== obvious) {
        const packet = Buffer.from(frame.bytes).toString('hex');
        expect({ seed, i, ...found, rules, packet }).toEqual({ obvious });
      }
      verdicts.set(expected.by, (verdicts.get(expected.by) ?? 0) + 1);
    }
    // Which rule took a packet, and what was meant for a socket, show in the counters only.
    expect({ seed, ...since(before, steering.counters()) }).toEqual({ seed, ...model.counters() });
  }
});

function decide(
  rules: readonly SteeringRule[],
  defaultAction: string,
  packet: Uint8Array,
  withPrefixes: boolean,
  blocked: string,
  allowed: string,
): { action: string; by: string } {
  const from = (src: string) => ruleMatches({ action: 'drop', src }, packet);
  const length = (prefix: string) => Number(prefix.split('/')[1] ?? 128);
  if (withPrefixes && from(blocked) && !(from(allowed) && length(allowed) > length(blocked))) {
    return { action: 'drop', by: 'prefix' };
  }
  const rule = rules.find((candidate) => ruleMatches(candidate, packet));
  const action = rule?.action ?? defaultAction;
  return { action, by: rule === undefined ? 'default' : action };
}

/** Counters that go on from one list to the next, from here on. */
function since(before: SteeringCounters, after: SteeringCounters): SteeringCounters {
  const minus = (a: unknown, b: unknown): unknown =>
    typeof a === 'number'
      ? a - (b as number)
      : Object.fromEntries(
          Object.entries(a as object).map(([key, value]) => [
            key,
            minus(value, (b as Record<string, unknown>)[key]),
          ]),
        );
  return {
    ...after,
    sets: minus(after.sets, before.sets) as SteeringCounters['sets'],
    queues: after.queues.map(
      (queue, i) => minus(queue, before.queues[i]) as SteeringCounters['queues'][number],
    ),
  };
}
