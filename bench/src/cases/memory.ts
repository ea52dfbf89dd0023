import type { ContenderConfig } from '../contenders/config.js';
import type { BenchCase, Stage } from '../harness/case.js';
import { Contender } from '../harness/contender.js';
import { packetRate, timePerPacket } from '../harness/metrics.js';
import type { Side } from '../harness/rounds.js';
import { fluxnetCommand, type MemoryJob, memoryBaselineCommand } from './programs.js';

const LIMIT = 'V8 and the caches of the CPU';

async function openInMemory(job: ContenderConfig['job'], { cpus }: Stage): Promise<Side> {
  const command = fluxnetCommand(job);
  return { contender: await Contender.open({ name: job, command, cpu: cpus.contender }) };
}

async function openBaseline(job: MemoryJob, { cpus }: Stage): Promise<Side> {
  const command = memoryBaselineCommand(job);
  return { contender: await Contender.open({ name: `C ${job}`, command, cpu: cpus.contender }) };
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
    name: 'proto.checksum',
    mode: 'Internet checksum of 64 bytes, 64 packets again and again',
    limit: LIMIT,
    metrics: [timePerPacket],
    needsKernel: false,
    openSubject: (stage) => openInMemory('checksum', stage),
    openBaseline: (stage) => openBaseline('checksum', stage),
  },
  {
    name: 'proto.checksumWide',
    mode: 'the same, against C that adds words of 32 bits into a sum of 64',
    limit: LIMIT,
    metrics: [timePerPacket],
    needsKernel: false,
    openSubject: (stage) => openInMemory('checksum', stage),
    openBaseline: (stage) => openBaseline('checksum-wide', stage),
  },
  {
    name: 'proto.filter',
    mode: 'udp and port 53, 64 packets of which half match, again and again',
    limit: LIMIT,
    metrics: [timePerPacket],
    needsKernel: false,
    openSubject: (stage) => openInMemory('filter', stage),
    openBaseline: (stage) => openBaseline('filter', stage),
  },
  {
    name: 'proto.lpm4',
    mode: 'Ipv4PrefixMap, random addresses among a million prefixes of the lengths of the Internet',
    limit: 'one miss of the caches per lookup',
    metrics: [timePerPacket],
    needsKernel: false,
    openSubject: (stage) => openInMemory('lpm-ipv4', stage),
  },
  {
    name: 'proto.lpm6',
    mode: 'Ipv6PrefixMap, random addresses among a million prefixes, half of them within one',
    limit: 'two or three misses of the caches per lookup',
    metrics: [timePerPacket],
    needsKernel: false,
    openSubject: (stage) => openInMemory('lpm-ipv6', stage),
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
