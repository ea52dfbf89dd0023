import { errno } from '../errno.js';
import { FluxError } from '../errors.js';
import { loadNative } from '../kernel/load-native.js';
import { attempt } from '../kernel/system-error.js';
import { checkString, invalid } from '../options.js';

/** TASK_COMM_LEN, without the zero at the end. */
const MAX_NAME_BYTES = 15;

/** The CPUs that the calling thread may run on, in order. Needs no rights. */
export function allowedCpus(): number[] {
  return attempt({ doing: 'read the allowed CPUs' }, () => loadNative().allowedCpus());
}

/**
 * Lets the calling thread run on one CPU only. Threads that it starts from now on inherit that;
 * those of other workers and of Node itself stay as they are. Needs no rights.
 * @throws {FluxError} `FLUX_INVALID_OPTION` with the CPUs that are allowed
 */
export function pinThread(cpu: number): void {
  const native = loadNative();
  if (!Number.isInteger(cpu) || cpu < 0 || cpu >= 8192) throw notAllowed(cpu);
  const result = native.pinThread(cpu);
  if (result === 0) return;
  // Not online, or outside of what the cpuset of this process allows.
  if (result === errno.EINVAL) throw notAllowed(cpu);
  throw new FluxError('FLUX_SYSCALL', `could not pin the thread to CPU ${cpu}`, {
    errno: result,
    syscall: 'sched_setaffinity',
    context: { cpu },
  });
}

/**
 * Names the calling thread, for `top -H` and `/proc`. On the main thread it is the process's name
 * too. Needs no rights.
 * @param name 1 to 15 bytes of UTF-8
 * @throws {FluxError} `FLUX_INVALID_OPTION`
 */
export function setThreadName(name: string): void {
  checkString('name', name);
  const bytes = Buffer.byteLength(name);
  if (bytes > MAX_NAME_BYTES || name.includes('\0')) {
    throw invalid('name', name, `1 to ${MAX_NAME_BYTES} bytes without zero bytes`);
  }
  attempt({ doing: 'name the thread' }, () => loadNative().setThreadName(name));
}

function notAllowed(cpu: unknown): FluxError {
  return invalid('cpu', cpu, `one of the CPUs ${allowedCpus().join(', ')}`);
}
