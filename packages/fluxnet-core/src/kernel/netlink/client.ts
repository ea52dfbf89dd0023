import { errno } from '../../errno.js';
import type { Native, NativeNetlinkSocket } from '../native.js';
import {
  buildMessage,
  NLM_F_DUMP,
  NLM_F_DUMP_INTR,
  NLM_F_REQUEST,
  NLMSG_DONE,
  NLMSG_ERROR,
  parseFailure,
  parseMessages,
} from './message.js';

export const NETLINK_ROUTE = 0;
export const NETLINK_GENERIC = 16;

/** A table that changes while it is read is read again this often, then taken as it is. */
const DUMP_ATTEMPTS = 4;

/**
 * Questions to the kernel over one netlink socket. The kernel answers before `send` returns
 * (`netlink_rcv_skb` runs in the sender's context), so that nothing here waits.
 */
export class NetlinkClient {
  readonly #socket: NativeNetlinkSocket;
  #sequence = 0;

  private constructor(socket: NativeNetlinkSocket) {
    this.#socket = socket;
  }

  /** Opens a client for the time of a call. @throws {Error} of a system call, with `errno` */
  static use<T>(native: Native, protocol: number, call: (client: NetlinkClient) => T): T {
    const socket = new native.NetlinkSocket(protocol, 0);
    try {
      return call(new NetlinkClient(socket));
    } finally {
      socket.close();
    }
  }

  /**
   * Asks for one object.
   * @throws {Error} with the `errno` of the answer; `FLUX_NETLINK_MALFORMED`
   */
  get(what: string, type: number, parts: readonly Uint8Array[]): DataView {
    const [answer] = this.#exchange(what, type, NLM_F_REQUEST, parts).payloads;
    if (answer === undefined) throw systemError(what, errno.ENOENT);
    return answer;
  }

  /** Asks for a table. @throws as `get` */
  dump(what: string, type: number, parts: readonly Uint8Array[]): readonly DataView[] {
    for (let attempt = 1; ; attempt++) {
      const flags = NLM_F_REQUEST | NLM_F_DUMP;
      const { payloads, interrupted } = this.#exchange(what, type, flags, parts);
      if (!interrupted || attempt === DUMP_ATTEMPTS) return payloads;
    }
  }

  #exchange(
    what: string,
    type: number,
    flags: number,
    parts: readonly Uint8Array[],
  ): { payloads: DataView[]; interrupted: boolean } {
    const sequence = ++this.#sequence;
    const sent = this.#socket.send(buildMessage(type, flags, sequence, parts));
    if (sent < 0) throw systemError(what, sent);
    const payloads: DataView[] = [];
    let interrupted = false;
    for (;;) {
      const datagram = this.#socket.receive();
      if (typeof datagram === 'number') throw systemError(what, datagram);
      for (const message of parseMessages(datagram)) {
        if (message.sequence !== sequence) continue; // Of a question that ended early.
        if (message.type === NLMSG_ERROR || message.type === NLMSG_DONE) {
          const { errno, reason } = parseFailure(message);
          if (errno < 0) throw systemError(what, errno, reason);
          return { payloads, interrupted };
        }
        if ((message.flags & NLM_F_DUMP_INTR) !== 0) interrupted = true;
        payloads.push(message.payload);
      }
      if ((flags & NLM_F_DUMP) === 0) return { payloads, interrupted };
    }
  }
}

/** Has the shape of what the addon throws, so that `attempt` gives it a code and a hint. */
function systemError(what: string, errno: number, log?: string): Error {
  return Object.assign(new Error(`${what}: errno ${errno}`), {
    errno,
    syscall: `netlink(${what})`,
    log,
  });
}
