import { readFileSync } from 'node:fs';
import { cpus, release } from 'node:os';

/** What a figure depends on besides the code. */
export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly kernel: string;
  readonly node: string;
  readonly arch: string;
}

export function thisMachine(): Machine {
  const all = cpus();
  return {
    cpu: all[0]?.model.trim() ?? 'unknown',
    cores: all.length,
    kernel: release(),
    node: process.version,
    arch: process.arch,
  };
}

/** Where to run what, so that the two sides of a wire do not take each other's CPU. */
export interface CpuPlan {
  readonly contender: number | undefined;
  readonly generator: number | undefined;
}

export function planCpus(allowed = allowedCpus()): CpuPlan {
  if (allowed.length < 2) return { contender: undefined, generator: undefined };
  return { contender: allowed.at(-1), generator: allowed[0] };
}

/** CPUs that this process may use, in ascending order. */
function allowedCpus(): number[] {
  const status = readFileSync('/proc/self/status', 'utf8');
  return parseCpuList(/^Cpus_allowed_list:\s*(\S+)$/m.exec(status)?.[1] ?? '');
}

/** @param list as the kernel writes it: `0-3,8` */
export function parseCpuList(list: string): number[] {
  return list
    .split(',')
    .filter(Boolean)
    .flatMap((part) => {
      const [first, last = first] = part.split('-').map(Number) as [number, number?];
      return Array.from({ length: last! - first + 1 }, (_, i) => first + i);
    });
}
