import { readFileSync } from 'node:fs';
import type { Answer } from './system-error.js';

/** RLIMIT_MEMLOCK of this process in bytes; Infinity where there is none. */
export function memlockLimit(): number {
  const limits = readFileSync('/proc/self/limits', 'utf8');
  const soft = /^Max locked memory\s+(\S+)/m.exec(limits)?.[1] ?? 'unlimited';
  return soft === 'unlimited' ? Number.POSITIVE_INFINITY : Number(soft);
}

/**
 * What ENOBUFS of a registration means. The kernel counts what a user has locked over all of the
 * user's processes and tells nobody; the least it can be follows from the refusal. The limit is
 * never raised here: that is the administrator's to do.
 */
export function memlockAnswer(needed: number, limit: number): Answer {
  const state =
    needed > limit
      ? `${needed} bytes are needed, the limit (RLIMIT_MEMLOCK) is ${limit}: ` +
        `${needed - limit} are missing`
      : `${needed} bytes are needed of a limit (RLIMIT_MEMLOCK) of ${limit}, ` +
        `but this user has more than ${limit - needed} locked already`;
  return {
    code: 'FLUX_MEMLOCK',
    hint:
      `${state}; raise it to ${Math.ceil(Math.max(needed, limit + 1) / 1024)} KiB or more with ` +
      'ulimit -l (LimitMEMLOCK= of systemd), give node cap_ipc_lock, or use fewer frames',
  };
}
