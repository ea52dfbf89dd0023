import type { QueueStats } from '../datapath/stats.js';
import type { Snapshot } from './conservation.js';

/** What is wrong, and why as far as the counters tell. */
export interface Finding {
  readonly kind: 'fill-starvation' | 'slow-consumer' | 'tx-stall' | 'tx-full';
  readonly ifname: string;
  readonly queueId: number;
  readonly cause: string;
  /** Packets that were lost by it since the snapshot before; frames that wait, for a stall. */
  readonly count: number;
}

/** Is the interface up, with a carrier? Undefined when it is gone. */
export type LinkCheck = (ifname: string) => 'running' | 'no-carrier' | 'down' | undefined;

/**
 * Compares two snapshots of the same engine or system and names what keeps packets from moving.
 * Nothing found is no proof of health: what is lost before the program is not seen from here.
 */
export function diagnose(before: Snapshot, after: Snapshot, link: LinkCheck): readonly Finding[] {
  return after.ports.flatMap((port, p) =>
    port.queues.flatMap((queue, q) => {
      const earlier = before.ports[p]!.queues[q]!;
      const found: (Finding | undefined)[] = [
        starved(port.ifname, earlier, queue, after),
        overrun(port.ifname, earlier, queue),
        stalled(port.ifname, earlier, queue, link),
        full(port.ifname, earlier, queue, link),
      ];
      return found.filter((finding) => finding !== undefined);
    }),
  );
}

/** The kernel had no frame to receive into. */
function starved(
  ifname: string,
  before: QueueStats,
  after: QueueStats,
  { frames }: Snapshot,
): Finding | undefined {
  const count = after.kernel.rxDropped - before.kernel.rxDropped;
  if (count === 0) return undefined;
  const { pool, tx, held } = frames;
  const cause =
    pool > 0
      ? 'the loop did not refill in time: packets come faster than it turns'
      : held >= tx
        ? `no frame is free: ${held} are held, ${tx} are on their way out`
        : `no frame is free: ${tx} are on their way out, ${held} are held`;
  return { kind: 'fill-starvation', ifname, queueId: after.queueId, cause, count };
}

/** The RX ring was full: the kernel had frames, and nobody took the packets. */
function overrun(ifname: string, before: QueueStats, after: QueueStats): Finding | undefined {
  const count = after.kernel.rxRingFull - before.kernel.rxRingFull;
  if (count === 0) return undefined;
  const idle = after.rxPackets === before.rxPackets;
  const cause = idle
    ? 'nobody receives: the loop is stopped, blocked or in a handler that does not return'
    : 'the handler is slower than packets arrive';
  return { kind: 'slow-consumer', ifname, queueId: after.queueId, cause, count };
}

/** Frames are on their way out, and none comes back. */
function stalled(
  ifname: string,
  before: QueueStats,
  after: QueueStats,
  link: LinkCheck,
): Finding | undefined {
  const count = after.txOutstanding;
  const moves = after.completed !== before.completed || before.txOutstanding === 0;
  if (count === 0 || moves) return undefined;
  const cause = linkCause(ifname, link) ?? txCause(after);
  return { kind: 'tx-stall', ifname, queueId: after.queueId, cause, count };
}

function txCause({ rings }: QueueStats): string {
  return rings.tx.used > 0
    ? 'the kernel does not take packets from the TX ring: nobody kicks, or the driver is busy'
    : 'the device does not complete what it was given';
}

function full(
  ifname: string,
  before: QueueStats,
  after: QueueStats,
  link: LinkCheck,
): Finding | undefined {
  const count = after.drops.txRingFull - before.drops.txRingFull;
  if (count === 0) return undefined;
  const cause = linkCause(ifname, link) ?? 'packets are sent faster than the interface takes them';
  return { kind: 'tx-full', ifname, queueId: after.queueId, cause, count };
}

function linkCause(ifname: string, link: LinkCheck): string | undefined {
  const state = link(ifname);
  if (state === 'running') return undefined;
  if (state === 'no-carrier') return `${ifname} has no carrier`;
  return state === 'down' ? `${ifname} is down` : `${ifname} is gone`;
}
