import { closeSync, lstatSync, unlinkSync } from 'node:fs';
import { errno, errnoName } from '../errno.js';
import { FluxError, isFluxError } from '../errors.js';
import { loadNative } from '../kernel/load-native.js';
import type { NativeFdListener } from '../kernel/native.js';
import { attempt } from '../kernel/system-error.js';
import { checkInteger, checkKeys, checkString } from '../options.js';
import { Resource } from '../resource.js';
import { type AcceptedPeers, type CheckedPeers, checkAccept } from './peer.js';
import { ProcessChannel } from './process-channel.js';
import { Readiness } from './readiness.js';

export interface ListenerOptions {
  /** Who may connect. Default: processes of this one's user, and of root. */
  readonly accept?: AcceptedPeers;
  /** Rights on the file, for who may try to. Default 0o600. */
  readonly mode?: number;
}

/** Waits at a file for other processes that connect with `ProcessChannel.connect`. */
export class ProcessListener extends Resource {
  readonly path: string;
  readonly #handle: NativeFdListener;
  readonly #accepted: CheckedPeers;
  readonly #readiness: Readiness;

  /**
   * A file that a process left behind when it was killed is replaced; one that somebody listens at
   * is not.
   * @throws {FluxError} `FLUX_INVALID_OPTION` (the path is taken, or longer than 107 bytes),
   * `FLUX_PERMISSION`
   */
  static listen(path: string, options: ListenerOptions = {}): ProcessListener {
    checkString('path', path);
    checkKeys('listener', options, ['accept', 'mode']);
    const mode = checkInteger('listener.mode', options.mode ?? 0o600, 0, 0o777);
    const accepted = checkAccept(options.accept);
    const native = loadNative();
    const open = () =>
      attempt(
        {
          doing: `listen at ${path}`,
          context: { path },
          answers: {
            EADDRINUSE: { code: 'FLUX_INVALID_OPTION', hint: 'another process listens there' },
            ENOENT: { code: 'FLUX_INVALID_OPTION', hint: 'make the folder first' },
            ENAMETOOLONG: { code: 'FLUX_INVALID_OPTION', hint: 'use 1 to 107 bytes' },
            EACCES: { code: 'FLUX_PERMISSION', hint: 'use a folder that this user may write to' },
          },
        },
        () => new native.FdListener(path, mode),
      );
    try {
      return new ProcessListener(path, open(), accepted);
    } catch (error) {
      if (!isFluxError(error) || error.errno !== errno.EADDRINUSE || !isAbandoned(path))
        throw error;
      unlinkSync(path);
      return new ProcessListener(path, open(), accepted);
    }
  }

  private constructor(path: string, handle: NativeFdListener, accepted: CheckedPeers) {
    super();
    this.path = path;
    this.#handle = handle;
    this.#accepted = accepted;
    this.#readiness = new Readiness({
      watch: (_readable, _writable, listener) => handle.watch(listener),
      unwatch: () => handle.unwatch(),
    });
  }

  /**
   * The next process that connects.
   * @throws {FluxError} `FLUX_PEER_REFUSED` for one that is not accepted; it is cut off, and the
   * next can be waited for. `FLUX_CLOSED`
   */
  async accept(options: { readonly signal?: AbortSignal } = {}): Promise<ProcessChannel> {
    const { uids: uid, pids } = this.#accepted;
    const accept = pids === undefined ? { uid } : { uid, pid: pids };
    for (;;) {
      options.signal?.throwIfAborted();
      this.assertOpen();
      const fd = this.#handle.accept();
      if (fd >= 0) return takeOver(fd, accept);
      if (fd === errno.EAGAIN) await this.#readiness.wait('readable', options.signal);
      else if (!TRY_AGAIN.includes(fd)) throw acceptError(fd, this.path);
    }
  }

  /** Removes the file too. */
  protected override release(): void {
    this.#handle.close();
    this.#readiness.end('listener');
    try {
      unlinkSync(this.path);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    }
  }
}

/** Whoever connected is gone again (accept(2)). */
const ECONNABORTED = -103;
const TRY_AGAIN: readonly number[] = [errno.EINTR, ECONNABORTED];

function takeOver(fd: number, accept: AcceptedPeers): ProcessChannel {
  try {
    return ProcessChannel.inherited(fd, { accept });
  } catch (error) {
    // The channel closes what it has taken over; what it has not is still there.
    if (isFluxError(error, 'FLUX_FOREIGN_DESCRIPTOR')) closeSync(fd);
    throw error;
  }
}

/** A socket file that nobody listens at. */
function isAbandoned(path: string): boolean {
  if (!lstatSync(path).isSocket()) return false;
  try {
    ProcessChannel.connect(path).close();
    return false;
  } catch (error) {
    return isFluxError(error) && error.errno === errno.ECONNREFUSED;
  }
}

function acceptError(result: number, path: string): FluxError {
  return new FluxError('FLUX_SYSCALL', `could not accept at ${path}: ${errnoName(result)}`, {
    errno: result,
    syscall: 'accept4',
    hint: result === errno.EMFILE ? 'close something, or allow more files: ulimit -n' : undefined,
  });
}
