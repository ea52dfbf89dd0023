import type { Clock } from 'fluxnet-core';
import {
  ArpHeader,
  ArpOperation,
  decodeLayers,
  EthernetHeader,
  EtherType,
  Icmpv4Header,
  Icmpv4Type,
  IpProtocol,
  Ipv4Header,
  internetChecksum,
  Layers,
  MAC_LENGTH,
  parseIpv4,
  parseMac,
  pseudoHeaderSum,
  UdpHeader,
  writeArp,
  writeIcmpEcho,
  writeUdp,
} from 'fluxnet-proto';

export interface SimHostOptions {
  /** IPv4, dotted. */
  readonly address: string;
  /** Default: one of its own. */
  readonly mac?: string;
  /** UDP ports whose datagrams come back. Default 7. */
  readonly echoPorts?: readonly number[];
  /** How long an answer takes to leave. Default 0. */
  readonly replyDelayMs?: number;
}

/** How a host is connected: what arrives at it, and how it sends. */
export interface HostLink {
  readonly listen: (listener: (frame: Uint8Array) => void) => () => void;
  readonly send: (frame: Uint8Array) => void;
}

const MAX_FRAME = 65_536;

/**
 * A small host: it answers ARP requests for its address, ICMP echo and UDP echo, so that programs
 * have somebody to talk to. What it does not understand it counts and forgets.
 */
export class SimHost {
  readonly mac: Uint8Array;
  readonly address: number;
  readonly counters = { received: 0, arpReplies: 0, icmpReplies: 0, udpReplies: 0, ignored: 0 };
  /** How long an answer takes to leave: a slow host. */
  replyDelayMs: number;
  /** A dead host takes frames and answers nothing. */
  dead = false;
  readonly #link: HostLink;
  readonly #clock: Clock;
  readonly #echoPorts: ReadonlySet<number>;
  readonly #layers = new Layers();
  readonly #frame = new Uint8Array(MAX_FRAME);
  readonly #stop: () => void;

  /** @internal Use `SimNetwork.addHost`. */
  constructor(link: HostLink, clock: Clock, options: SimHostOptions & { readonly mac: string }) {
    this.#link = link;
    this.#clock = clock;
    this.mac = parseMac(options.mac);
    this.address = parseIpv4(options.address);
    this.replyDelayMs = options.replyDelayMs ?? 0;
    this.#echoPorts = new Set(options.echoPorts ?? [7]);
    this.#stop = link.listen((frame) => this.#receive(frame));
  }

  /** Unplugs the host. */
  close(): void {
    this.#stop();
  }

  #receive(frame: Uint8Array): void {
    this.counters.received++;
    if (this.dead) return;
    const length = this.#answer(frame);
    if (length === 0) {
      this.counters.ignored++;
      return;
    }
    const answer = this.#frame.slice(0, length);
    if (this.replyDelayMs === 0) this.#link.send(answer);
    else this.#clock.timer(this.replyDelayMs, () => this.#link.send(answer));
  }

  /** Writes the answer and gives its length, or 0 for none. */
  #answer(frame: Uint8Array): number {
    const layers = this.#layers;
    const view = new DataView(frame.buffer, frame.byteOffset, frame.byteLength);
    decodeLayers(view, 0, frame.length, layers);
    if (layers.payloadOffset < 0 || layers.vlanCount > 0 || !this.#isForUs(frame)) return 0;
    if (layers.etherType === EtherType.arp) return this.#answerArp(view);
    const isIpv4 = layers.etherType === EtherType.ipv4 && layers.fragment === 0;
    return isIpv4 ? this.#answerIpv4(frame, view) : 0;
  }

  #answerArp(view: DataView): number {
    const arp = new ArpHeader(view).at(this.#layers.l3Offset);
    if (arp.operation !== ArpOperation.request || arp.targetAddress !== this.address) return 0;
    this.counters.arpReplies++;
    return writeArp(this.#frame, {
      operation: ArpOperation.reply,
      srcMac: this.mac,
      dstMac: senderOf(view),
      senderAddress: this.address,
      targetAddress: arp.senderAddress,
    });
  }

  #answerIpv4(frame: Uint8Array, view: DataView): number {
    const { l3Offset, l4Offset, l4Length, ipProtocol, payloadOffset, payloadLength } = this.#layers;
    const ip = new Ipv4Header(view).at(l3Offset);
    if (ip.dstAddress !== this.address) return 0;
    if (internetChecksum(view, l3Offset, l4Offset - l3Offset) !== 0) return 0;
    const payload = frame.subarray(payloadOffset, payloadOffset + payloadLength);
    const back = {
      srcMac: this.mac,
      dstMac: senderOf(view),
      srcAddress: this.address,
      dstAddress: ip.srcAddress,
      payload,
    };
    if (ipProtocol === IpProtocol.icmp) {
      const icmp = new Icmpv4Header(view).at(l4Offset);
      const isSound = internetChecksum(view, l4Offset, l4Length) === 0;
      if (icmp.type !== Icmpv4Type.echo || icmp.code !== 0 || !isSound) return 0;
      this.counters.icmpReplies++;
      const { identifier, sequenceNumber } = icmp;
      const type = Icmpv4Type.echoReply;
      return writeIcmpEcho(this.#frame, { ...back, type, identifier, sequenceNumber });
    }
    if (ipProtocol !== IpProtocol.udp) return 0;
    const udp = new UdpHeader(view).at(l4Offset);
    const { srcAddress, dstAddress } = ip;
    const sum = pseudoHeaderSum(srcAddress, dstAddress, IpProtocol.udp, udp.length);
    // 0 says that the sender computed none (RFC 768).
    const isSound = udp.checksum === 0 || internetChecksum(view, l4Offset, udp.length, sum) === 0;
    if (!isSound || !this.#echoPorts.has(udp.dstPort)) return 0;
    this.counters.udpReplies++;
    return writeUdp(this.#frame, { ...back, srcPort: udp.dstPort, dstPort: udp.srcPort });
  }

  /** To its MAC address, or to all. */
  #isForUs(frame: Uint8Array): boolean {
    let [own, all] = [true, true];
    for (let i = 0; i < MAC_LENGTH; i++) {
      own &&= frame[i] === this.mac[i];
      all &&= frame[i] === 0xff;
    }
    return own || all;
  }
}

function senderOf(view: DataView): Uint8Array {
  const mac = new Uint8Array(MAC_LENGTH);
  new EthernetHeader(view).copySrcMac(mac);
  return mac;
}
