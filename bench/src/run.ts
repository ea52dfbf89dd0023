import { FluxError } from 'fluxnet';
import { memoryCases } from './cases/memory.js';
import { vethCases } from './cases/veth.js';
import type { BenchCase } from './harness/case.js';
import { thisMachine } from './harness/machine.js';
import { removeLeftovers } from './harness/network.js';
import { Progress } from './harness/progress.js';
import type { Result } from './harness/result.js';
import type { Plan } from './harness/rounds.js';
import { runCase } from './harness/run-case.js';
import { machineLine, tableLines } from './harness/table.js';
import type { BenchOptions } from './options.js';

const FULL: Plan = { rounds: 200, warmUpRounds: 4, sliceMs: 70 };
const QUICK: Plan = { rounds: 60, warmUpRounds: 4, sliceMs: 50 };

const CASES: readonly BenchCase[] = [...memoryCases, ...vethCases];

/** Runs the chosen cases and prints their figures. Ctrl-C ends it in order. */
export async function runBench({ quick, json, filter }: BenchOptions): Promise<void> {
  const plan = quick ? QUICK : FULL;
  const interrupted = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.once(name, () => interrupted.abort(new FluxError('FLUX_CLOSED', 'interrupted')));
  }
  const progress = new Progress(process.stderr);
  const results: Result[] = [];
  const print = () =>
    process.stdout.write(json ? `${JSON.stringify(results, null, 2)}\n` : text(results, plan));
  try {
    for (const benchCase of await choose(filter)) {
      const { name } = benchCase;
      progress.show(`${name}: opening`);
      const rows = await runCase(benchCase, plan, {
        signal: interrupted.signal,
        onRound: (round) =>
          progress.show(`${name}: ${round} of ${plan.rounds + plan.warmUpRounds} rounds`),
      });
      results.push(...rows);
    }
  } catch (error) {
    progress.clear();
    if (results.length > 0) print(); // What was measured before it is measured.
    throw error;
  }
  progress.clear();
  print();
}

/** @throws {FluxError} `FLUX_INVALID_OPTION` when no case has such a name */
async function choose(filter: string): Promise<BenchCase[]> {
  const named = CASES.filter(({ name }) => name.includes(filter));
  if (named.length === 0) {
    const names = CASES.map(({ name }) => name).join(', ');
    throw new FluxError('FLUX_INVALID_OPTION', `no case is named like ${JSON.stringify(filter)}`, {
      hint: `cases: ${names}`,
    });
  }
  if (process.platform === 'linux' && process.getuid?.() === 0) {
    const leftovers = await removeLeftovers();
    if (leftovers.length > 0) say(`removed what a killed run left: ${leftovers.join(', ')}`);
    return named;
  }
  const possible = named.filter(({ needsKernel }) => !needsKernel);
  const left = named.filter(({ needsKernel }) => needsKernel).map(({ name }) => name);
  if (left.length > 0) say(`left out, because they need root on Linux: ${left.join(', ')}`);
  return possible;
}

function text(results: readonly Result[], { rounds, sliceMs }: Plan): string {
  const colour = process.stdout.isTTY === true && (process.env.NO_COLOR ?? '') === '';
  const head = [
    machineLine(thisMachine()),
    `${rounds} rounds of ${sliceMs} ms slices; a ratio above 1 is better than C`,
    '',
  ];
  return `${[...head, ...tableLines(results, colour)].join('\n')}\n`;
}

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}
