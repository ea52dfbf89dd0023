import type { BenchCase, Stage } from '../harness/case.js';
import { Contender } from '../harness/contender.js';
import { cpuPerPacket, packetRate } from '../harness/metrics.js';
import type { Wire } from '../harness/network.js';
import type { Side } from '../harness/rounds.js';
import { baselineCommand, fluxnetCommand } from './programs.js';

const MODE = 'veth in native mode, copy, 64 bytes, one queue; not what a NIC does';

/** Opens the one that is measured, on the near ends of the wires. */
type Open = (stage: Stage, interfaces: readonly string[]) => Promise<Contender>;

function fluxnet(job: 'rxdrop' | 'txonly' | 'l2fwd'): Open {
  return (stage, interfaces) =>
    Contender.open({
      name: `fluxnet ${job}`,
      command: fluxnetCommand(job, interfaces),
      namespace: stage.network.namespace,
      cpu: stage.cpus.contender,
    });
}

function baseline(job: string, ...options: string[]): Open {
  return (stage, interfaces) =>
    Contender.open({
      name: `C ${job}`,
      command: baselineCommand(job, interfaces, options),
      namespace: stage.network.namespace,
      cpu: stage.cpus.contender,
    });
}

/** The same C sender, whoever receives. */
function openGenerator({ network, cpus }: Stage, { far }: Wire): Promise<Contender> {
  return Contender.open({
    name: 'generator',
    command: baselineCommand('txonly', [far]),
    namespace: network.namespace,
    cpu: cpus.generator,
  });
}

/** Drops in XDP, in the sender's own softirq: no third process takes part. */
function openDrop({ network }: Stage, { far }: Wire): Promise<Contender> {
  return Contender.open({
    name: 'drop',
    command: baselineCommand('drop', [far]),
    namespace: network.namespace,
  });
}

/** Every side gets wires of its own: a queue has one owner. */
async function openReceiver(stage: Stage, open: Open): Promise<Side> {
  const wire = await stage.network.addWire();
  const contender = await open(stage, [wire.near]);
  return { contender, generator: await openGenerator(stage, wire) };
}

async function openSender(stage: Stage, open: Open): Promise<Side> {
  const wire = await stage.network.addWire();
  const others = [await openDrop(stage, wire)];
  return { contender: await open(stage, [wire.near]), others };
}

async function openForwarder(stage: Stage, open: Open): Promise<Side> {
  const inside = await stage.network.addWire();
  const outside = await stage.network.addWire();
  const others = [await openDrop(stage, outside)];
  const contender = await open(stage, [inside.near, outside.near]);
  return { contender, generator: await openGenerator(stage, inside), others };
}

export const vethCases: readonly BenchCase[] = [
  {
    name: 'veth.rxdrop',
    mode: `${MODE}; Xsk and its rings, busy loop`,
    limit: 'the sender, whose CPU also runs the kernel part of receiving; the receiver spins',
    metrics: [packetRate],
    needsKernel: true,
    openSubject: (stage) => openReceiver(stage, fluxnet('rxdrop')),
    openBaseline: (stage) => openReceiver(stage, baseline('rxdrop')),
  },
  {
    name: 'veth.txonly',
    mode: `${MODE}; Xsk and its rings, busy loop`,
    limit: 'sendto: the kernel copies and delivers every packet on the CPU of the sender',
    metrics: [packetRate, cpuPerPacket],
    needsKernel: true,
    openSubject: (stage) => openSender(stage, fluxnet('txonly')),
    openBaseline: (stage) => openSender(stage, baseline('txonly')),
  },
  {
    name: 'veth.l2fwd',
    mode: `${MODE}; FluxEngine against C that waits in poll`,
    limit: 'the sender, then sendto of the forwarder; both sleep when there is nothing to do',
    metrics: [packetRate, cpuPerPacket],
    needsKernel: true,
    openSubject: (stage) => openForwarder(stage, fluxnet('l2fwd')),
    openBaseline: (stage) => openForwarder(stage, baseline('l2fwd', '--wait', 'poll')),
  },
];
