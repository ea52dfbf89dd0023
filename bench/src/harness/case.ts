import type { CpuPlan } from './machine.js';
import type { Metric } from './metrics.js';
import type { BenchNetwork } from './network.js';
import type { Side } from './rounds.js';

/** What a case may use: a namespace of its own, and CPUs that are kept apart. */
export interface Stage {
  readonly network: BenchNetwork;
  readonly cpus: CpuPlan;
}

export interface BenchCase {
  /** `area.case`, such as `veth.rxdrop`. */
  readonly name: string;
  /** What the figure is about, and what it is not. */
  readonly mode: string;
  readonly limit: string;
  readonly metrics: readonly Metric[];
  /** Needs namespaces and AF_XDP: root, on Linux. */
  readonly needsKernel: boolean;
  /** The fluxnet side. */
  openSubject(stage: Stage): Promise<Side>;
  /** The C side, opened twice: as the baseline and as its control. Absent: nothing to compare. */
  openBaseline?(stage: Stage): Promise<Side>;
}
