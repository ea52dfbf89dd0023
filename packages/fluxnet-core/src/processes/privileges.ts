import { readdirSync, readFileSync } from 'node:fs';
import { loadNative } from '../kernel/load-native.js';
import { attempt } from '../kernel/system-error.js';

/** What a thread of this process may do. Linux keeps all of it per thread. */
export interface ThreadRights {
  readonly tid: number;
  readonly name: string;
  /** Numbers of the capabilities (include/uapi/linux/capability.h), by set. */
  readonly effective: readonly number[];
  readonly permitted: readonly number[];
  readonly inheritable: readonly number[];
  readonly ambient: readonly number[];
  readonly bounding: readonly number[];
  /** Programs that it starts get no more rights than it has. */
  readonly noNewPrivileges: boolean;
}

export interface DroppedCapabilities {
  /**
   * Whether the bounding set is empty too, so that programs that this thread starts get none back.
   * It takes CAP_SETPCAP; without it, `setNoNewPrivileges()` does the same.
   */
  readonly boundingSet: 'empty' | 'kept';
  /** Other threads of the process that still have capabilities. */
  readonly threadsLeft: readonly ThreadRights[];
}

/**
 * Gives up all capabilities of the calling thread, for good: effective, permitted, inheritable,
 * ambient and, where it may, the bounding set.
 *
 * Linux has no call for the other threads. Workers that are started afterwards have none; workers,
 * and the threads that Node itself had started, keep theirs and are returned. A process without
 * any is one that is started without: by `spawn` with another `uid`, by setpriv, by systemd.
 * Needs no rights.
 */
export function dropCapabilities(): DroppedCapabilities {
  const native = loadNative();
  const emptied = attempt({ doing: 'drop the capabilities' }, () => native.dropCapabilities());
  const own = native.threadId();
  const threadsLeft = threadRights().filter(
    ({ tid, permitted, effective }) => tid !== own && permitted.length + effective.length > 0,
  );
  return { boundingSet: emptied ? 'empty' : 'kept', threadsLeft };
}

/**
 * From now on no program that the calling thread, or a thread that it starts, executes gains
 * rights: neither by set-user-ID, nor by file capabilities, nor by being root. For good. Needs no
 * rights.
 */
export function setNoNewPrivileges(): void {
  attempt({ doing: 'give up new privileges' }, () => loadNative().setNoNewPrivileges());
}

/** Every thread of this process as it is now, from `/proc/self/task`. */
export function threadRights(): ThreadRights[] {
  return readdirSync('/proc/self/task').flatMap((tid) => {
    const status = read(`/proc/self/task/${tid}/status`);
    return status === undefined ? [] : [rightsOf(Number(tid), status)];
  });
}

function rightsOf(tid: number, status: string): ThreadRights {
  const field = (name: string) => new RegExp(`^${name}:\\s*(.*)$`, 'm').exec(status)?.[1] ?? '';
  const set = (name: string) => bitsOf(BigInt(`0x${field(name) || '0'}`));
  return {
    tid,
    name: field('Name'),
    effective: set('CapEff'),
    permitted: set('CapPrm'),
    inheritable: set('CapInh'),
    ambient: set('CapAmb'),
    bounding: set('CapBnd'),
    noNewPrivileges: field('NoNewPrivs') === '1',
  };
}

function bitsOf(mask: bigint): number[] {
  return Array.from({ length: 64 }, (_, bit) => bit).filter((bit) => (mask >> BigInt(bit)) & 1n);
}

/** Undefined for a thread that has ended meanwhile. */
function read(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
