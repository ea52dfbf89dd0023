import { FluxError } from 'fluxnet';
import type { BenchCase } from './case.js';
import { evaluate } from './evaluate.js';
import { planCpus, thisMachine } from './machine.js';
import { BenchNetwork } from './network.js';
import type { Result } from './result.js';
import { closeSide, type Plan, playRounds, type Round, type Side } from './rounds.js';

/** Opens the sides of a case, lets them take turns, removes everything, returns its rows. */
export async function runCase(
  benchCase: BenchCase,
  plan: Plan,
  options: { readonly signal: AbortSignal; readonly onRound: (round: number) => void },
): Promise<Result[]> {
  const rounds = await play(benchCase, plan, options);
  const { name, mode, limit } = benchCase;
  const facts = { name, mode, limit, machine: thisMachine() };
  return benchCase.metrics.map((metric) => evaluate(rounds, metric, facts));
}

async function play(
  benchCase: BenchCase,
  plan: Plan,
  options: Parameters<typeof playRounds>[2],
): Promise<Round[]> {
  const network = new BenchNetwork();
  const sides: Side[] = [];
  try {
    if (benchCase.needsKernel) await network.create();
    const stage = { network, cpus: planCpus() };
    sides.push(await benchCase.openSubject(stage));
    if (benchCase.openBaseline !== undefined) {
      sides.push(await benchCase.openBaseline(stage), await benchCase.openBaseline(stage));
    }
    checkSameModes(benchCase.name, sides);
    return await playRounds(sides, plan, options);
  } finally {
    await Promise.all(sides.map(closeSide));
    if (benchCase.needsKernel) await network.remove(); // With what did not open completely.
  }
}

/**
 * What the first side and another both say about themselves must be the same.
 * @throws {FluxError} `FLUX_UNSUPPORTED` when they would not be doing the same
 */
export function checkSameModes(name: string, [subject, ...others]: readonly Side[]): void {
  if (subject === undefined) return;
  const modes = Object.entries(subject.contender.modes);
  for (const { contender } of others) {
    for (const [key, value] of modes) {
      const other = contender.modes[key];
      if (other === undefined || other === value) continue;
      throw new FluxError(
        'FLUX_UNSUPPORTED',
        `${name}: ${key} is ${String(value)} with fluxnet and ${String(other)} with C`,
        { context: { key, value, other } },
      );
    }
  }
}
