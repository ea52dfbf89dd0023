import type { LinkEvent } from './contract/interface.js';

/** What link events are about. */
export interface LinkState {
  readonly ifname: string;
  readonly ifindex: number;
  readonly up: boolean;
  readonly running: boolean;
  readonly mtu: number;
}

/**
 * The events between two states of one interface. An interface that was not there before counts as
 * one that was down; none now means that it is gone.
 */
export function linkChanges(
  before: LinkState | undefined,
  now: LinkState | undefined,
): LinkEvent[] {
  const link = now ?? before;
  if (link === undefined) return [];
  const { ifname, ifindex } = link;
  if (now === undefined) return [{ ifname, ifindex, change: 'removed' }];
  const { up = false, running = false, mtu = now.mtu } = before ?? {};
  const events: LinkEvent[] = [];
  if (up !== now.up) events.push({ ifname, ifindex, change: now.up ? 'up' : 'down' });
  if (running !== now.running) {
    events.push({ ifname, ifindex, change: now.running ? 'carrier' : 'no-carrier' });
  }
  if (mtu !== now.mtu) events.push({ ifname, ifindex, change: 'mtu', mtu: now.mtu });
  return events;
}
