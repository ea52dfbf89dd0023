import type { Effective, PortStats, RingLevel } from 'fluxnet';
import type { FirewallSnapshot } from './report.js';

/** What the live table shows, as lines of text without colour. */
export function tableLines(
  snapshot: FirewallSnapshot,
  previous: FirewallSnapshot | undefined,
  elapsedMs: number,
  effective: Effective,
): string[] {
  const { engine, rules, malformed } = snapshot;
  const before = previous?.engine.ports;
  const lines = [
    `fluxnet firewall · ${effective.backend} · ` +
      effective.ports.map((p) => `${p.ifname} ${p.attachMode}/${p.copyMode}`).join(', ') +
      ` · ${effective.pages} pages`,
    '',
    row('port', 'rx pps', 'rx bytes/s', 'tx pps', 'tx bytes/s', 'rx', 'tx', 'fill', 'compl'),
  ];
  engine.ports.forEach((port, i) => {
    const rate = (field: 'rxPackets' | 'rxBytes' | 'txPackets' | 'txBytes') =>
      perSecond(port[field] - (before?.[i]?.[field] ?? 0), elapsedMs);
    const { rx, tx, fill, completion } = port.rings;
    lines.push(
      row(
        port.ifname,
        rate('rxPackets'),
        rate('rxBytes'),
        rate('txPackets'),
        rate('txBytes'),
        ...[rx, tx, fill, completion].map(level),
      ),
    );
  });
  lines.push('', row('rule', 'allowed', 'dropped'));
  for (const rule of rules) lines.push(row(rule.name, count(rule.allowed), count(rule.dropped)));
  const drops = dropReasons(engine.ports, malformed);
  lines.push('', `drops: ${drops.length === 0 ? 'none' : drops.join(', ')}`);
  const { total, pool, rx, tx } = engine.frames;
  lines.push(`frames: ${total} = ${pool} free + ${rx} to receive into + ${tx} being sent`);
  return lines;
}

/** Every drop by its reason: of the firewall, of the rings, of the kernel, of the device. */
function dropReasons(
  ports: readonly PortStats[],
  malformed: Readonly<Record<string, number>>,
): string[] {
  const reasons: Record<string, number> = {};
  const add = (name: string, value: number) => {
    if (value > 0) reasons[name] = (reasons[name] ?? 0) + value;
  };
  for (const port of ports) {
    add('by the firewall', port.drops.handler);
    add('tx ring full', port.drops.txRingFull);
    add('device', port.drops.device);
    add('invalid descriptor', port.drops.invalidDescriptor);
    add('rx ring full', port.kernel.rxRingFull);
    add('rx dropped', port.kernel.rxDropped);
  }
  for (const [reason, value] of Object.entries(malformed)) add(`malformed: ${reason}`, value);
  return Object.entries(reasons).map(([name, value]) => `${name} ${count(value)}`);
}

function row(name: string, ...cells: string[]): string {
  return name.padEnd(14) + cells.map((cell) => cell.padStart(12)).join('');
}

function level(ring: RingLevel): string {
  return `${ring.used}/${ring.size}`;
}

function perSecond(difference: number, elapsedMs: number): string {
  return count(Math.round((difference * 1000) / elapsedMs));
}

/** 1234567 as 1,234,567. */
function count(value: number): string {
  return value.toLocaleString('en-US');
}
