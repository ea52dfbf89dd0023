import { FluxError } from '../errors.js';
import { checkInteger, checkKeys, invalid } from '../options.js';

/**
 * The process at the other end (`SO_PEERCRED`), as it was when it connected or began to listen.
 * Of a pair that was made before the child existed, it is the process that made it.
 */
export interface Peer {
  /** 0 where it is in a namespace that this process cannot see. */
  readonly pid: number;
  readonly uid: number;
  readonly gid: number;
}

/** Who may be at the other end. Default: processes of this one's user, and of root. */
export interface AcceptedPeers {
  /** One user, or several. */
  readonly uid?: number | readonly number[];
  /** One process, or several; any when left out. */
  readonly pid?: number | readonly number[];
}

export interface CheckedPeers {
  readonly uids: readonly number[];
  readonly pids: readonly number[] | undefined;
}

const UINT32_MAX = 2 ** 32 - 1;

/** @throws {FluxError} `FLUX_INVALID_OPTION`, `FLUX_UNKNOWN_OPTION` */
export function checkAccept(accept: AcceptedPeers = {}): CheckedPeers {
  checkKeys('accept', accept, ['uid', 'pid']);
  const { uid = [...new Set([0, process.geteuid?.() ?? 0])], pid } = accept;
  return {
    uids: checkNumbers('accept.uid', uid, 0),
    pids: pid === undefined ? undefined : checkNumbers('accept.pid', pid, 1),
  };
}

/** @throws {FluxError} `FLUX_PEER_REFUSED` */
export function requireAccepted(peer: Peer, { uids, pids }: CheckedPeers): void {
  if (uids.includes(peer.uid) && (pids === undefined || pids.includes(peer.pid))) return;
  const accepted = `uid ${uids.join(' or ')}${pids === undefined ? '' : `, pid ${pids.join(' or ')}`}`;
  throw new FluxError(
    'FLUX_PEER_REFUSED',
    `the other end is process ${peer.pid} of uid ${peer.uid}, accepted: ${accepted}`,
    { hint: `if that is right, add it: accept: { uid: ${peer.uid} }`, context: { ...peer } },
  );
}

function checkNumbers(path: string, value: unknown, min: number): readonly number[] {
  const list: readonly unknown[] = Array.isArray(value) ? value : [value];
  if (list.length === 0) throw invalid(path, '[]', 'a number or several');
  return list.map((item) => checkInteger(path, item, min, UINT32_MAX));
}
