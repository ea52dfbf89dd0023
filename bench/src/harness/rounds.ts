import { setTimeout as sleep } from 'node:timers/promises';
import type { Contender, SliceReport } from './contender.js';

/** One that takes turns: a contender and what it needs around it. */
export interface Side {
  readonly contender: Contender;
  /** Works during this side's slices only. */
  readonly generator?: Contender;
  /** Whatever else belongs to it: only closed. */
  readonly others?: readonly Contender[];
}

export interface Plan {
  /** Rounds that count; even, because successive ones go in opposite order. */
  readonly rounds: number;
  readonly warmUpRounds: number;
  readonly sliceMs: number;
}

/** Reports of one round, in the order of the sides. */
export type Round = readonly SliceReport[];

/**
 * Lets the sides take turns, one short slice each per round: what drifts on the machine then
 * drifts for all of them.
 */
export async function playRounds(
  sides: readonly Side[],
  plan: Plan,
  options: { readonly signal?: AbortSignal; readonly onRound?: (round: number) => void } = {},
): Promise<Round[]> {
  const rounds: Round[] = [];
  for (let round = 0; round < plan.warmUpRounds + plan.rounds; round++) {
    const reports: SliceReport[] = new Array(sides.length);
    for (const index of orderOf(round, sides.length)) {
      options.signal?.throwIfAborted();
      reports[index] = await playSlice(sides[index]!, plan.sliceMs);
    }
    if (round >= plan.warmUpRounds) rounds.push(reports);
    options.onRound?.(round + 1);
  }
  return rounds;
}

/**
 * A B C, C B A; B C A, A C B; C A B, B A C: two rounds in opposite order make one sample, and
 * nobody is always in the middle.
 */
export function orderOf(round: number, sides: number): number[] {
  const first = Math.floor(round / 2) % sides;
  const order = Array.from({ length: sides }, (_, i) => (first + i) % sides);
  return round % 2 === 1 ? order.reverse() : order;
}

/** The generator works within the contender's time, so that none of its packets is left over. */
async function playSlice({ contender, generator }: Side, sliceMs: number): Promise<SliceReport> {
  await contender.start();
  await generator?.start();
  await sleep(sliceMs);
  await generator?.stop();
  return contender.stop();
}

export async function closeSide({ contender, generator, others = [] }: Side): Promise<void> {
  const all = [contender, ...(generator === undefined ? [] : [generator]), ...others];
  await Promise.all(all.map((each) => each.close()));
}
