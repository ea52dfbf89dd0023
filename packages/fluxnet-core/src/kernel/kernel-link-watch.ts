import type { LinkEvent, LinkWatch } from '../contract/interface.js';
import { errno } from '../errno.js';
import { type LinkState, linkChanges } from '../link-changes.js';
import { Resource } from '../resource.js';
import { kernelClock } from './kernel-clock.js';
import type { Native, NativeNetlinkSocket } from './native.js';
import { NETLINK_ROUTE } from './netlink/client.js';
import { LINK_GROUP, type Link, parseLink, RTM_DELLINK, RTM_NEWLINK } from './netlink/link.js';
import { parseMessages } from './netlink/message.js';
import { readLinks } from './network-tables.js';
import { attempt } from './system-error.js';

/** Reading the links again needs a descriptor; without one it is tried again after this. */
const RETRY_MS = 100;

/**
 * Link events of the kernel (`RTNLGRP_LINK`). A message says what a link is, not what changed, so
 * the last state of every link is kept, by index: names move between interfaces.
 */
export class KernelLinkWatch extends Resource implements LinkWatch {
  readonly #native: Native;
  readonly #socket: NativeNetlinkSocket;
  readonly #listener: (event: LinkEvent) => void;
  #links: Map<number, LinkState>;
  #overruns = 0;

  /** @throws {FluxError} `FLUX_SYSCALL` */
  constructor(native: Native, listener: (event: LinkEvent) => void) {
    super();
    this.#native = native;
    this.#listener = listener;
    this.#socket = attempt(
      { doing: 'watch the links' },
      () => new native.NetlinkSocket(NETLINK_ROUTE, LINK_GROUP),
    );
    try {
      // After joining the group, so that no change falls between the two.
      this.#links = this.#read();
      this.#arm();
    } catch (error) {
      this.#socket.close();
      throw error;
    }
  }

  get overruns(): number {
    return this.#overruns;
  }

  protected override release(): void {
    this.#socket.close();
  }

  #arm(): void {
    attempt({ doing: 'watch the links' }, () => this.#socket.watch(this.#receive));
  }

  readonly #receive = (): void => {
    const events: LinkEvent[] = [];
    let overrun = false;
    for (;;) {
      const datagram = this.#socket.receive();
      if (datagram === errno.EAGAIN) break;
      // ENOBUFS, once: the buffer was full and messages were dropped (netlink_overrun). Whatever
      // else is no message of the kernel is taken for the same.
      if (typeof datagram === 'number' || !this.#apply(datagram, events)) overrun = true;
      if (typeof datagram === 'number' && datagram !== errno.ENOBUFS) break;
    }
    this.#arm(); // First: the listener may throw, or close this.
    this.#emit(events);
    if (overrun) {
      this.#overruns++;
      this.#readAgain();
    }
  };

  /** False when the bytes are not what they should be. */
  #apply(datagram: Uint8Array, events: LinkEvent[]): boolean {
    try {
      for (const { type, payload } of parseMessages(datagram)) {
        if (type !== RTM_NEWLINK && type !== RTM_DELLINK) continue;
        const link = parseLink(payload);
        // What a bridge says of a port that leaves it looks like a removal, but for the family.
        if (link.family !== 0) continue;
        events.push(...this.#update(link, type === RTM_DELLINK));
      }
      return true;
    } catch {
      return false;
    }
  }

  #update(link: Link, removed: boolean): LinkEvent[] {
    const before = this.#links.get(link.ifindex);
    if (removed) {
      this.#links.delete(link.ifindex);
      return linkChanges(before, undefined);
    }
    const now = stateOf(link, before);
    this.#links.set(link.ifindex, now);
    return linkChanges(before, now);
  }

  #readAgain(): void {
    if (this.closed) return;
    const before = this.#links;
    try {
      this.#links = this.#read();
    } catch {
      kernelClock.timer(RETRY_MS, () => this.#readAgain());
      return;
    }
    const indices = new Set([...before.keys(), ...this.#links.keys()]);
    this.#emit(
      [...indices].flatMap((ifindex) => linkChanges(before.get(ifindex), this.#links.get(ifindex))),
    );
  }

  #read(): Map<number, LinkState> {
    return new Map(readLinks(this.#native).map((link) => [link.ifindex, stateOf(link)]));
  }

  #emit(events: readonly LinkEvent[]): void {
    for (const event of events) {
      if (this.closed) return;
      this.#listener(event);
    }
  }
}

/** What a message leaves out is as it was. */
function stateOf(link: Link, before?: LinkState): LinkState {
  const { ifindex, up, running } = link;
  const ifname = link.ifname ?? before?.ifname ?? '';
  return { ifname, ifindex, up, running, mtu: link.mtu ?? before?.mtu ?? 0 };
}
