import { FluxError } from 'fluxnet';
import type { SliceReport } from './contender.js';
import type { Metric } from './metrics.js';
import type { Result } from './result.js';
import type { Round } from './rounds.js';
import { type Estimate, median, ratioOf, seededRandom } from './statistics.js';
import { judge } from './verdict.js';

/** The same rounds always give the same intervals. */
const SEED = 20191028;

type Facts = Pick<Result, 'name' | 'mode' | 'limit' | 'machine'>;

/**
 * From the rounds of one case to its row for one metric.
 * @param rounds of one side (the subject alone), or of three: subject, baseline, second baseline
 * @throws {FluxError} `FLUX_SYSCALL` when a side moved nothing in a slice: there is no figure then
 */
export function evaluate(rounds: readonly Round[], metric: Metric, facts: Facts): Result {
  for (const report of rounds.flat()) {
    if (report.packets > 0 && report.elapsedNs > 0) continue;
    throw new FluxError('FLUX_SYSCALL', `${facts.name}: a slice passed without a packet`, {
      hint: 'the machine may be too busy: try again',
    });
  }
  const of = (side: number) => rounds.map((round) => metric.of(round[side]!));
  const compared = rounds[0]!.length === 3;
  const ratio = compared ? compare(of(0), of(1), metric) : undefined;
  const control = compared ? compare(of(2), of(1), metric) : undefined;
  return {
    ...facts,
    name: facts.name + metric.suffix,
    value: median(of(0)),
    unit: metric.unit,
    better: metric.better,
    baseline: compared ? median(of(1)) : null,
    ratio: ratio?.value ?? null,
    ciLow: ratio?.low ?? null,
    ciHigh: ratio?.high ?? null,
    verdict: ratio && control ? judge(ratio, control) : null,
    noiseLow: control?.low ?? null,
    noiseHigh: control?.high ?? null,
    pairs: rounds.length,
    userShare: userShare(rounds.map((round) => round[0]!)),
    baselineUserShare: compared ? userShare(rounds.map((round) => round[1]!)) : null,
  };
}

/** How many times as good `values` are as `baselines`. */
function compare(values: readonly number[], baselines: readonly number[], { better }: Metric) {
  const pairs = values.map((value, i) =>
    better === 'more'
      ? { value, baseline: baselines[i]! }
      : { value: baselines[i]!, baseline: value },
  );
  return ratioOf(pairs, seededRandom(SEED)) satisfies Estimate;
}

/** Over all slices: the kernel splits the time of one by a few clock ticks only. */
function userShare(reports: readonly SliceReport[]): number {
  const sum = (field: 'userNs' | 'systemNs') =>
    reports.reduce((total, report) => total + report[field], 0);
  const all = sum('userNs') + sum('systemNs');
  return all === 0 ? 0 : sum('userNs') / all;
}
