import type { BenchCase, Stage } from '../harness/case.js';
import { Contender } from '../harness/contender.js';
import { packetRate, timePerPacket } from '../harness/metrics.js';
import type { Side } from '../harness/rounds.js';
import { fluxnetCommand } from './programs.js';

const LIMIT = 'V8 and the caches of the CPU';

async function openInMemory(
  job: 'ring-pass' | 'decode' | 'sim-forward',
  { cpus }: Stage,
): Promise<Side> {
  const command = fluxnetCommand(job);
  return { contender: await Contender.open({ name: job, command, cpu: cpus.contender }) };
}

/** The parts of the hot path, in memory that is hot, without a kernel. */
export const memoryCases: readonly BenchCase[] = [
  {
    name: 'ring.pass',
    mode: 'write and read of two rings in one thread, batch 64; no kernel, no other end',
    limit: LIMIT,
    metrics: [timePerPacket],
    needsKernel: false,
    openSubject: (stage) => openInMemory('ring-pass', stage),
  },
  {
    name: 'proto.decodeLayers',
    mode: 'UDP over IPv4, 64 bytes, 64 packets again and again',
    limit: LIMIT,
    metrics: [timePerPacket],
    needsKernel: false,
    openSubject: (stage) => openInMemory('decode', stage),
  },
  {
    name: 'simulator.forward',
    mode: 'from one simulated interface through the rings to another, 64 bytes, batch 64, one thread',
    limit: LIMIT,
    metrics: [packetRate],
    needsKernel: false,
    openSubject: (stage) => openInMemory('sim-forward', stage),
  },
];
