import { closeSync } from 'node:fs';
import type { Shareable, ShareableByKind, ShareableKind } from '../contract/sharing.js';
import { errno, errnoName } from '../errno.js';
import { FluxError, isFluxError } from '../errors.js';
import { exportToProcess } from '../kernel/export-to-process.js';
import { processImports } from '../kernel/import-from-process.js';
import { loadNative } from '../kernel/load-native.js';
import type { NativeFdChannel, NativeMessage } from '../kernel/native.js';
import { attempt } from '../kernel/system-error.js';
import { checkInteger, checkKeys } from '../options.js';
import { Resource } from '../resource.js';
import { decodeMessage, encodeMessage, type Json, malformed } from './message.js';
import { type AcceptedPeers, checkAccept, type Peer, requireAccepted } from './peer.js';
import { Readiness } from './readiness.js';

export interface ChannelOptions {
  /** Who may be at the other end. Default: processes of this one's user, and of root. */
  readonly accept?: AcceptedPeers;
}

/** Names of the objects that a message has to carry, with their kinds. */
export type ExpectedObjects = Readonly<Record<string, ShareableKind>>;

export interface ReceivedMessage<T extends ExpectedObjects> {
  readonly facts: Json;
  /** Opened in this process; those that came before are the same ones again. */
  readonly objects: { readonly [name in keyof T]: ShareableByKind[T[name]] };
}

/** The other end of a pair: for the `stdio` of `child_process.spawn`, then to be closed here. */
export interface ChildEnd {
  readonly fd: number;
  /** Idempotent. */
  close(): void;
}

/** stdin, stdout, stderr, and then this. */
const DEFAULT_FD = 3;

/**
 * One end of a Unix socket (SOCK_SEQPACKET) over which processes hand each other sockets, memory
 * and socket maps, as descriptors (SCM_RIGHTS), with facts beside them. Who receives them needs no
 * right: the descriptors are the right. Messages stay whole and in order.
 */
export class ProcessChannel extends Resource {
  readonly peer: Peer;
  readonly #handle: NativeFdChannel;
  readonly #readiness: Readiness;
  /** Ends of the queues of sends and receives: each waits for the one before. */
  #lastSend: Promise<unknown> = Promise.resolve();
  #lastReceive: Promise<unknown> = Promise.resolve();

  /**
   * Connects to a `ProcessListener` of another process.
   * @throws {FluxError} `FLUX_PEER_GONE` (nobody listens), `FLUX_PEER_REFUSED`, `FLUX_PERMISSION`
   */
  static connect(path: string, options: ChannelOptions = {}): ProcessChannel {
    const nobody = {
      code: 'FLUX_PEER_GONE',
      hint: 'start the process that listens there',
    } as const;
    const denied = {
      code: 'FLUX_PERMISSION',
      hint: `this user may not connect: see ls -l ${path}, and the listener's mode`,
    } as const;
    return ProcessChannel.#open(path, options, `connect to ${path}`, {
      ENOENT: nobody,
      ECONNREFUSED: nobody,
      EACCES: denied,
      EPERM: denied,
      ENAMETOOLONG: {
        code: 'FLUX_INVALID_OPTION',
        hint: 'a path of a Unix socket has 1 to 107 bytes',
      },
    });
  }

  /**
   * The end that this process was started with, see `pair`. It belongs to the channel from now on.
   * @throws {FluxError} `FLUX_FOREIGN_DESCRIPTOR`, `FLUX_PEER_REFUSED`
   */
  static inherited(fd = DEFAULT_FD, options: ChannelOptions = {}): ProcessChannel {
    checkInteger('fd', fd, 0, 2 ** 31 - 1);
    const foreign = {
      code: 'FLUX_FOREIGN_DESCRIPTOR',
      hint: 'the parent has to put the fd of ProcessChannel.pair() there, as stdio of spawn',
    } as const;
    return ProcessChannel.#open(fd, options, `use descriptor ${fd} as a channel`, {
      ENOTSOCK: foreign,
      EPROTOTYPE: foreign,
      EBADF: foreign,
    });
  }

  /** A channel, and its other end for a child process. */
  static pair(): { readonly channel: ProcessChannel; readonly child: ChildEnd } {
    const [own, other] = attempt({ doing: 'make a channel' }, () => loadNative().channelPair());
    let open = true;
    const child: ChildEnd = {
      fd: other,
      close() {
        if (open) closeSync(other);
        open = false;
      },
    };
    return { channel: ProcessChannel.inherited(own), child };
  }

  static #open(
    where: string | number,
    options: ChannelOptions,
    doing: string,
    answers: NonNullable<Parameters<typeof attempt>[0]['answers']>,
  ): ProcessChannel {
    checkKeys('channel', options, ['accept']);
    const accepted = checkAccept(options.accept);
    const native = loadNative();
    const handle = attempt({ doing, answers }, () => new native.FdChannel(where));
    try {
      const peer = attempt({ doing: 'ask who is at the other end' }, () => handle.peer());
      requireAccepted(peer, accepted);
      return new ProcessChannel(handle, peer);
    } catch (error) {
      handle.close();
      throw error;
    }
  }

  private constructor(handle: NativeFdChannel, peer: Peer) {
    super();
    this.#handle = handle;
    this.#readiness = new Readiness(handle);
    this.peer = peer;
  }

  /**
   * Hands objects over, with facts of the caller's own. What is handed over stays open here too;
   * a ring is to be driven by one process only. Resolves when the kernel has the message.
   * @throws {FluxError} `FLUX_PEER_GONE`, `FLUX_CLOSED`, `FLUX_INVALID_OPTION` (too large)
   */
  send(
    objects: Readonly<Record<string, Shareable>>,
    facts: Json = null,
    options: { readonly signal?: AbortSignal } = {},
  ): Promise<void> {
    const sending = this.#lastSend.then(() => this.#send(objects, facts, options.signal));
    this.#lastSend = sending.catch(() => {});
    return sending;
  }

  async #send(
    objects: Readonly<Record<string, Shareable>>,
    facts: Json,
    signal: AbortSignal | undefined,
  ): Promise<void> {
    for (;;) {
      signal?.throwIfAborted();
      this.assertOpen();
      // Anew each time: what was closed meanwhile has lost its descriptors to others.
      const exported = Object.entries(objects).map(
        ([name, object]) => [name, exportToProcess(object)] as const,
      );
      const { bytes, fds } = encodeMessage(facts, exported);
      const result = this.#handle.send(bytes, fds);
      if (result === 0) return;
      if (result !== errno.EAGAIN) throw sendError(result);
      await this.#readiness.wait('writable', signal);
    }
  }

  /**
   * The next message. It must carry exactly the objects that are expected, by name and kind: none
   * by default. Whatever is wrong with it, its descriptors are closed, and the next message can be
   * received.
   * @throws {FluxError} `FLUX_PEER_GONE`, `FLUX_CLOSED`, `FLUX_MESSAGE_MALFORMED`,
   * `FLUX_FOREIGN_DESCRIPTOR`
   */
  receive<const T extends ExpectedObjects = Record<never, never>>(
    expected: T = {} as T,
    options: { readonly signal?: AbortSignal } = {},
  ): Promise<ReceivedMessage<T>> {
    const receiving = this.#lastReceive.then(() => this.#receive(expected, options.signal));
    this.#lastReceive = receiving.catch(() => {});
    return receiving;
  }

  async #receive<T extends ExpectedObjects>(
    expected: T,
    signal: AbortSignal | undefined,
  ): Promise<ReceivedMessage<T>> {
    for (;;) {
      signal?.throwIfAborted();
      this.assertOpen();
      const message = this.#handle.receive();
      if (typeof message === 'object') {
        try {
          return openMessage(message, expected);
        } finally {
          for (const fd of message.fds) closeSync(fd);
        }
      }
      if (message !== errno.EAGAIN && message !== errno.EINTR) throw receiveError(message);
      if (message === errno.EAGAIN) await this.#readiness.wait('readable', signal);
    }
  }

  protected override release(): void {
    this.#handle.close();
    this.#readiness.end('channel');
  }
}

function openMessage<T extends ExpectedObjects>(
  message: NativeMessage,
  expected: T,
): ReceivedMessage<T> {
  if (message.bytes.length === 0) throw peerGone();
  if (message.truncated) {
    throw malformed('descriptors or bytes are missing: see ulimit -n of this process');
  }
  const { facts, objects } = decodeMessage(message.bytes, message.fds);
  for (const [name, { kind }] of objects) {
    if (expected[name] !== kind) throw malformed(`${name} (${kind}) is not expected`);
  }
  for (const name of Object.keys(expected)) {
    if (!objects.has(name)) throw malformed(`${name} (${expected[name]}) is missing`);
  }
  try {
    const opened = processImports().importAll([...objects.values()]);
    const named = [...objects.keys()].map((name, i) => [name, opened[i]!] as const);
    // Every name and kind was checked above.
    return { facts, objects: Object.fromEntries(named) as ReceivedMessage<T>['objects'] };
  } catch (error) {
    if (isFluxError(error, 'FLUX_INVALID_OPTION')) throw malformed('its facts are wrong', error);
    throw error;
  }
}

function peerGone(result?: number): FluxError {
  return new FluxError('FLUX_PEER_GONE', 'the other process has closed the channel, or ended', {
    errno: result,
    syscall: result === undefined ? undefined : 'sendmsg',
    hint: 'start it again, with a new channel',
  });
}

function sendError(result: number): FluxError {
  if (result === errno.EPIPE || result === errno.ECONNRESET) return peerGone(result);
  const many = result === errno.ETOOMANYREFS;
  return new FluxError('FLUX_SYSCALL', `could not send: ${errnoName(result)}`, {
    errno: result,
    syscall: 'sendmsg',
    hint: many ? 'the other process has to receive first, or raise ulimit -n' : undefined,
  });
}

function receiveError(result: number): FluxError {
  if (result === errno.ECONNRESET) return peerGone();
  return new FluxError('FLUX_SYSCALL', `could not receive: ${errnoName(result)}`, {
    errno: result,
    syscall: 'recvmsg',
  });
}
