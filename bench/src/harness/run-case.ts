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
    return await playRounds(sides, plan, options);
  } finally {
    await Promise.all(sides.map(closeSide));
    if (benchCase.needsKernel) await network.remove(); // With what did not open completely.
  }
}
