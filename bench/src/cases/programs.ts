import { fileURLToPath } from 'node:url';
import { type ContenderConfig, SETTINGS } from '../contenders/config.js';

/** Built files beside the one that this is bundled into: `bench/dist/main.js`. */
const CONTENDER = fileURLToPath(new URL('contender.js', import.meta.url));
const BASELINE = fileURLToPath(new URL('../baseline/build/baseline', import.meta.url));

const MEMORY_BASELINE = fileURLToPath(new URL('../baseline/build/memory', import.meta.url));

export function fluxnetCommand(
  job: ContenderConfig['job'],
  interfaces: readonly string[] = [],
): string[] {
  const config: ContenderConfig = { job, interfaces, settings: SETTINGS };
  return [process.execPath, CONTENDER, JSON.stringify(config)];
}

export type MemoryJob = 'checksum' | 'checksum-wide' | 'filter';

/** The C program for what needs no socket; it has the same settings built in. */
export function memoryBaselineCommand(job: MemoryJob): string[] {
  return [MEMORY_BASELINE, job];
}

/** The C program with the same settings. */
export function baselineCommand(
  job: string,
  interfaces: readonly string[],
  options: readonly string[] = [],
): string[] {
  const { batch, ringSize, frameCount, frameSize, packetLength, txBudget } = SETTINGS;
  const numbers = {
    batch,
    'rx-size': ringSize,
    'tx-size': ringSize,
    'fill-size': ringSize,
    'comp-size': ringSize,
    'frame-count': frameCount,
    'frame-size': frameSize,
    length: packetLength,
    'tx-budget': txBudget,
  };
  return [
    BASELINE,
    job,
    ...interfaces.flatMap((ifname) => ['--interface', ifname]),
    ...Object.entries(numbers).flatMap(([name, value]) => [`--${name}`, String(value)]),
    '--native',
    ...options,
  ];
}
