import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import { Contender } from './contender.js';
import { evaluate } from './evaluate.js';
import { thisMachine } from './machine.js';
import { cpuPerPacket, packetRate, timePerPacket } from './metrics.js';
import { closeSide, orderOf, type Plan, playRounds, type Round, type Side } from './rounds.js';
import { checkSameModes } from './run-case.js';

const FAKE = fileURLToPath(new URL('fixtures/fake-contender.mjs', import.meta.url));
const PLAN: Plan = { rounds: 60, warmUpRounds: 2, sliceMs: 0 };
const FACTS = { name: 'fake.case', mode: 'fake', limit: 'none', machine: thisMachine() };

const opened: Side[] = [];
afterEach(() => Promise.all(opened.splice(0).map(closeSide)));

async function fake(packets: number, seed: number, fault?: string): Promise<Side> {
  const words = [packets, seed, fault ?? ''].map(String);
  const command = [process.execPath, FAKE, ...words];
  const side = { contender: await Contender.open({ name: 'fake', command }) };
  opened.push(side);
  return side;
}

/** Rounds of processes that move so many packets per slice. */
async function play(...speeds: number[]): Promise<Round[]> {
  return playRounds(await Promise.all(speeds.map((speed, i) => fake(speed, i + 1))), PLAN);
}

describe('two processes of known speed', () => {
  it('have the ratio of their speeds, within the interval', async () => {
    const rounds = await play(60_000, 100_000, 100_000);
    expect(rounds.length).toBe(PLAN.rounds);
    const result = evaluate(rounds, packetRate, FACTS);
    expect(result).toMatchObject({ name: 'fake.case', unit: 'packets/s', verdict: 'loss' });
    expect(result.ratio).toBeCloseTo(0.6, 1);
    expect(result.ciLow).toBeLessThan(0.6);
    expect(result.ciHigh).toBeGreaterThan(0.6);
    expect(result.value / 60e6).toBeCloseTo(1, 1);
    expect(result.baseline! / 100e6).toBeCloseTo(1, 1);
    expect(result).toMatchObject({ pairs: 60, userShare: 0.25, baselineUserShare: 0.25 });
  });

  it('that is the same are not told apart', async () => {
    const { verdict, ciLow, ciHigh } = evaluate(await play(5e4, 5e4, 5e4), packetRate, FACTS);
    expect(['equal', 'inconclusive']).toContain(verdict);
    expect(ciLow).toBeLessThan(1.02);
    expect(ciHigh).toBeGreaterThan(0.98);
  });

  it('have a ratio above 1 where less is better and less is used', async () => {
    const rounds = await play(200_000, 100_000, 100_000);
    for (const metric of [cpuPerPacket, timePerPacket]) {
      const result = evaluate(rounds, metric, FACTS);
      expect(result).toMatchObject({ better: 'less', verdict: 'win' });
      expect(result.ratio).toBeCloseTo(2, 0);
      expect(result.value).toBeLessThan(result.baseline!);
    }
  });

  it('have no ratio when there is only one', async () => {
    expect(evaluate(await play(1000), timePerPacket, FACTS)).toMatchObject({
      baseline: null,
      ratio: null,
      ciLow: null,
      ciHigh: null,
      verdict: null,
    });
  });

  it('that stands still gives no figure', async () => {
    const rounds = await play(0, 1000, 1000);
    expect(() => evaluate(rounds, packetRate, FACTS)).toThrow('a slice passed without a packet');
  });
});

describe('the rounds', () => {
  it('go back the way they came, and begin with another side each time', () => {
    const orders = Array.from({ length: 6 }, (_, round) => orderOf(round, 3).join(''));
    expect(orders).toEqual(['012', '210', '120', '021', '201', '102']);
  });

  it('end when they are interrupted', async () => {
    const interrupt = new AbortController();
    const sides = [await fake(1, 1)];
    const onRound = () => interrupt.abort(new Error('enough'));
    const run = playRounds(sides, PLAN, { signal: interrupt.signal, onRound });
    await expect(run).rejects.toThrow('enough');
  });
});

describe('sides in different modes', () => {
  it('are not compared', async () => {
    const sides = [await fake(7, 1), await fake(7, 2), await fake(8, 3)];
    expect(() => checkSameModes('fake.case', sides.slice(0, 2))).not.toThrow();
    expect(() => checkSameModes('fake.case', sides)).toThrow(
      'fake.case: speed is 7 with fluxnet and 8 with C',
    );
  });
});

describe('a contender', () => {
  it('says its modes', async () => {
    expect((await fake(7, 1)).contender.modes).toEqual({ speed: 7 });
  });

  it('that ends is an error with what it complained of', async () => {
    const failed = fake(1, 1, 'crash');
    await expect(failed).rejects.toMatchObject({ code: 'FLUX_SYSCALL' });
    await expect(failed).rejects.toThrow('fake ended (exit 3): no such device');
  });

  it('that cannot be started is an error', async () => {
    const failed = Contender.open({ name: 'ghost', command: ['/nonexistent/program'] });
    await expect(failed).rejects.toThrow(/ghost ended \(spawn .*ENOENT\)/);
  });

  it('that talks nonsense is an error', async () => {
    const { contender } = await fake(1, 1, 'chatter');
    await expect(contender.stop()).rejects.toThrow(`fake said "hello" where 'report' was due`);
  });

  it('whose report is incomplete is an error', async () => {
    const { contender } = await fake(1, 1, 'silent-fields');
    await expect(contender.stop()).rejects.toThrow('its report has no number bytes');
  });

  it('closes twice, and answers nothing afterwards', async () => {
    const { contender } = await fake(1, 1);
    await contender.close();
    await contender.close();
    await expect(contender.start()).rejects.toThrow('fake ended (exit 0)');
  });
});
