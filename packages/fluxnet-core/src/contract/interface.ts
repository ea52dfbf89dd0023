import type { AttachMode } from './program.js';

/** The XDP program that is attached to an interface now. */
export interface AttachedProgram {
  readonly id: number;
  readonly mode: AttachMode;
  /** The program's name, where the caller may read it. */
  readonly name?: string | undefined;
}

/** What an interface is at this moment. */
export interface InterfaceInfo {
  readonly ifname: string;
  readonly ifindex: number;
  /** Lower-case, colon separated. */
  readonly mac: string;
  readonly mtu: number;
  readonly up: boolean;
  /** Carrier: the far end answers. */
  readonly running: boolean;
  readonly driver: string;
  /** Queues that a socket can bind to: the larger of RX and TX queues in use. */
  readonly queueCount: number;
  readonly program: AttachedProgram | undefined;
}

export type LinkEvent = {
  readonly ifname: string;
  readonly ifindex: number;
  readonly change: 'up' | 'down' | 'carrier' | 'no-carrier' | 'removed' | 'mtu';
  readonly mtu?: number;
};

/** A running subscription to link events. */
export interface LinkWatch {
  close(): void;
}
