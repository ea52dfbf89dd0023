import type { Native } from './native.js';
import { namesIn, textOf } from './proc-files.js';
import type { Answer } from './system-error.js';

/**
 * Tells a queue that this process keeps from itself from one that somebody else has. The kernel
 * does not say who: of other processes those are named that have mapped rings of a socket.
 */
export function queueBusy(
  native: Native,
  { ifname, ifindex, queueId }: { ifname: string; ifindex: number; queueId: number },
): Answer {
  const holder = native.queueHolder(ifindex, queueId);
  const code = 'FLUX_QUEUE_BUSY';
  if (holder === 'object') {
    return {
      code,
      because: 'this process has it open',
      hint: 'close the Xsk, Umem or worker that has it: one socket, and those it shares with, has a queue',
      context: { holder },
    };
  }
  if (holder === 'mapping') {
    return {
      code,
      because: 'a ring of a lost socket is still mapped in this process',
      hint: 'something still refers to a ring whose Xsk was not closed but collected: close() every Xsk',
      context: { holder },
    };
  }
  const suspects = processesWithRings();
  const named = suspects.map(({ pid, command }) => `${pid} (${command})`).join(', ');
  return {
    code,
    because: 'another process has it',
    hint: `${named === '' ? 'find it: sudo ss --xdp -p' : `it may be process ${named}`}; stop it, or use another queue of ${ifname}`,
    context: { holder, suspects },
  };
}

/** Other processes that may be seen and have a socket mapped, as AF_XDP and few others need it. */
function processesWithRings(): { pid: number; command: string }[] {
  return namesIn('/proc')
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .filter((pid) => textOf(`/proc/${pid}/maps`).includes(' socket:['))
    .map((pid) => ({ pid: Number(pid), command: textOf(`/proc/${pid}/comm`).trim() }));
}
