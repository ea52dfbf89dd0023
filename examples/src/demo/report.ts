import type { Effective, EngineStats } from 'fluxnet';
import type { RuleCounts } from '../firewall/firewall.js';

/** What the firewall knows at one moment; sent by its process several times a second. */
export interface FirewallSnapshot {
  readonly engine: EngineStats;
  readonly rules: readonly RuleCounts[];
  readonly malformed: Readonly<Record<string, number>>;
}

/** What the clients in front of the firewall saw. */
export interface ClientReport {
  /** Status of a request to the allowed port, or why there was none. */
  readonly allowed: number | string;
  readonly httpRequests: number;
  readonly httpFailures: number;
  /** What became of connections to the blocked port; anything but these two is a leak. */
  readonly blocked: 'timeout' | 'refused' | 'connected';
  readonly ping: { readonly sent: number; readonly received: number };
  readonly udpSent: number;
}

/** What the server behind it saw. */
export interface ServerReport {
  readonly httpRequests: number;
  readonly udpReceived: number;
  readonly floodReceived: number;
  readonly blockedConnections: number;
}

/** The far end's counters of one wire. */
export interface PeerCounters {
  readonly txPackets: number;
  readonly rxPackets: number;
  readonly rxDropped: number;
}

/** Counters of both far ends, and of the firewall's own interfaces. */
export interface WireCounters {
  readonly client: PeerCounters;
  readonly server: PeerCounters;
  readonly inside: PeerCounters;
  readonly outside: PeerCounters;
}

/** The one JSON object at the end of a run. */
export interface Report {
  readonly backend: 'kernel' | 'simulator';
  /** Why the simulator was taken; empty when it was asked for, absent on the kernel. */
  readonly simulatorReason?: string;
  readonly seconds: number;
  readonly effective: Effective;
  readonly http: Pick<ClientReport, 'allowed' | 'blocked'> & {
    readonly requests: number;
    readonly failures: number;
  };
  readonly ping: ClientReport['ping'];
  readonly udp: {
    readonly sent: number;
    readonly receivedAllowed: number;
    readonly receivedFlood: number;
  };
  readonly forwarded: number;
  readonly dropped: number;
  readonly allowedByRule: Readonly<Record<string, number>>;
  readonly dropsByRule: Readonly<Record<string, number>>;
  readonly malformed: Readonly<Record<string, number>>;
  readonly conservation: boolean;
  readonly equations: readonly Equation[];
  readonly operands: { readonly wire: WireCounters; readonly engine: EngineStats };
}

/** One line of the books: both sides must be equal. */
export interface Equation {
  readonly name: string;
  readonly left: number;
  readonly right: number;
  readonly holds: boolean;
}
