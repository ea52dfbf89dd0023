import type { PortStats } from 'fluxnet';
import type { Equation, FirewallSnapshot, PeerCounters, WireCounters } from './report.js';

/**
 * No packet may vanish: every place where one can end is counted, and the counters of different
 * owners (the far end's interface, the kernel's socket, the program, ours) have to agree.
 */
export function conservationEquations(
  snapshot: FirewallSnapshot,
  wire: WireCounters,
): readonly Equation[] {
  const [inside, outside] = snapshot.engine.ports as [PortStats, PortStats];
  const { frames } = snapshot.engine;
  const received = inside.rxPackets + outside.rxPackets;
  const transmitted = inside.txPackets + outside.txPackets;
  const handlerDrops = inside.drops.handler + outside.drops.handler;
  const txRingFull = inside.drops.txRingFull + outside.drops.txRingFull;
  const allowed = sum(snapshot.rules.map((rule) => rule.allowed));
  const dropped = sum(snapshot.rules.map((rule) => rule.dropped));
  const malformed = sum(Object.values(snapshot.malformed));
  return [
    ...receiveEquations('inside', inside, wire.client),
    ...receiveEquations('outside', outside, wire.server),
    equation(
      'received = transmitted + dropped by the firewall + tx ring full',
      received,
      transmitted + handlerDrops + txRingFull,
    ),
    equation(
      'received = allowed + dropped by rules + malformed',
      received,
      allowed + dropped + malformed,
    ),
    equation('allowed = transmitted + tx ring full', allowed, transmitted + txRingFull),
    ...transmitEquations('inside', inside, wire.client),
    ...transmitEquations('outside', outside, wire.server),
    equation(
      'frames = pool + rx + tx + batch + held + quarantined',
      frames.total,
      frames.pool + frames.rx + frames.tx + frames.batch + frames.held + frames.quarantined,
    ),
  ];
}

function receiveEquations(name: string, port: PortStats, peer: PeerCounters): Equation[] {
  const { kernel } = port;
  const { redirected = 0, passed = 0 } = port.program;
  return [
    equation(
      `${name}: sent by the peer = redirected + passed to the host`,
      peer.txPackets,
      redirected + passed,
    ),
    equation(
      `${name}: redirected = received + rx_dropped + rx_ring_full + invalid`,
      redirected,
      port.rxPackets + kernel.rxDropped + kernel.rxRingFull + port.drops.invalidDescriptor,
    ),
  ];
}

function transmitEquations(name: string, port: PortStats, peer: PeerCounters): Equation[] {
  return [
    equation(`${name}: transmitted = completed`, port.txPackets, port.completed),
    equation(
      `${name}: completed = received by the peer + dropped by the device`,
      port.completed,
      peer.rxPackets + port.drops.device,
    ),
  ];
}

function equation(name: string, left: number, right: number): Equation {
  return { name, left, right, holds: left === right };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
