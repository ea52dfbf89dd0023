import { type Backend, checkInteger, checkKeys, invalid, type Timer } from 'fluxnet-core';
import { publish } from './channels.js';
import type { Snapshot } from './conservation.js';
import { diagnose, type Finding, type LinkCheck } from './diagnose.js';

/** An engine or a system. */
export interface Watchable {
  readonly backend: Backend;
  readonly closed: boolean;
  stats(): Snapshot;
}

export interface WatchHealthOptions {
  /** Between two looks, 10 to 3,600,000. Default 1000. */
  readonly intervalMs?: number;
  readonly onFinding: (finding: Finding) => void;
}

/**
 * Looks at the counters from time to time and tells what keeps packets from moving: frames that
 * run out, a handler that is too slow, a TX ring that stands still. Each finding is also published
 * on the channel `fluxnet:health`. Ends with the engine or system, or by the function returned.
 * @throws {FluxError} `FLUX_INVALID_OPTION`, `FLUX_UNKNOWN_OPTION`, `FLUX_CLOSED`
 */
export function watchHealth(watched: Watchable, options: WatchHealthOptions): () => void {
  checkKeys('watchHealth', options, ['intervalMs', 'onFinding']);
  const { intervalMs = 1000, onFinding } = options;
  checkInteger('watchHealth.intervalMs', intervalMs, 10, 3_600_000);
  if (typeof onFinding !== 'function') {
    throw invalid('watchHealth.onFinding', onFinding, 'a function');
  }
  const { backend } = watched;
  let before = watched.stats();
  let timer: Timer;
  const look = () => {
    if (watched.closed) return;
    timer = backend.clock.timer(intervalMs, look);
    const after = watched.stats();
    const findings = diagnose(before, after, linkCheck(backend));
    before = after;
    for (const finding of findings) {
      publish('health', { finding });
      onFinding(finding);
    }
  };
  timer = backend.clock.timer(intervalMs, look);
  return () => timer.cancel();
}

function linkCheck(backend: Backend): LinkCheck {
  return (ifname) => {
    if (!backend.interfaces().includes(ifname)) return undefined;
    const { up, running } = backend.interfaceInfo(ifname);
    if (!up) return 'down';
    return running ? 'running' : 'no-carrier';
  };
}
