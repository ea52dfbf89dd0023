import type { PortStats } from '../datapath/stats.js';
import type { Snapshot } from './conservation.js';

/** What a port did between two snapshots, per second. */
export interface PortRates {
  readonly ifname: string;
  readonly rxPackets: number;
  readonly rxBits: number;
  readonly txPackets: number;
  readonly txBits: number;
  /** Packets that ended on the way, for whatever reason, the kernel's included. */
  readonly drops: number;
  /** `sendto` and `recvfrom`. */
  readonly syscalls: number;
}

/** Rates between two snapshots of the same engine or system; 0 where no time has passed. */
export function rates(before: Snapshot, after: Snapshot): readonly PortRates[] {
  const seconds = (after.timeMs - before.timeMs) / 1000;
  return after.ports.map((port, i) => {
    const earlier = before.ports[i]!;
    const rate = (of: (port: PortStats) => number) =>
      seconds > 0 ? (of(port) - of(earlier)) / seconds : 0;
    return {
      ifname: port.ifname,
      rxPackets: rate((each) => each.rxPackets),
      rxBits: 8 * rate((each) => each.rxBytes),
      txPackets: rate((each) => each.txPackets),
      txBits: 8 * rate((each) => each.txBytes),
      drops: rate(drops),
      syscalls: rate((each) => each.kicks + each.rxWakeups),
    };
  });
}

function drops({ drops: ours, kernel }: PortStats): number {
  const counted = Object.values(ours).reduce((sum, count) => sum + count, 0);
  return counted + kernel.rxDropped + kernel.rxRingFull;
}
