import type { SliceReport } from './contender.js';

/** One number of a slice. A case may have several. */
export interface Metric {
  /** Appended to the name of the case. */
  readonly suffix: string;
  readonly unit: string;
  readonly better: 'more' | 'less';
  of(report: SliceReport): number;
}

export const packetRate: Metric = {
  suffix: '',
  unit: 'packets/s',
  better: 'more',
  of: ({ packets, elapsedNs }) => (packets * 1e9) / elapsedNs,
};

/**
 * User and system time of the process. The kernel's receive work runs in softirqs, which are
 * charged to whoever happens to run on that CPU, mostly the sender.
 */
export const cpuPerPacket: Metric = {
  suffix: '.cpu',
  unit: 'ns/packet',
  better: 'less',
  of: ({ packets, userNs, systemNs }) => (userNs + systemNs) / packets,
};

export const timePerPacket: Metric = {
  suffix: '',
  unit: 'ns/packet',
  better: 'less',
  of: ({ packets, elapsedNs }) => elapsedNs / packets,
};
