import {
  ArpHeader,
  EthernetHeader,
  EtherType,
  Icmpv4Header,
  IpProtocol,
  Ipv4Header,
  Layers,
  TcpHeader,
  UdpHeader,
} from 'fluxnet-proto';

/**
 * The headers of the packet that a cursor is on: each is there only where the decoder found it
 * and it is sound. A header object is moved, not made anew; it is read before the next is asked
 * for of another packet.
 */
export class Headers {
  /** Of the packet that this shows now. */
  layers = new Layers();
  offset = 0;
  readonly #ethernet: EthernetHeader;
  readonly #arp: ArpHeader;
  readonly #ipv4: Ipv4Header;
  readonly #icmpv4: Icmpv4Header;
  readonly #tcp: TcpHeader;
  readonly #udp: UdpHeader;

  constructor(view: DataView) {
    this.#ethernet = new EthernetHeader(view);
    this.#arp = new ArpHeader(view);
    this.#ipv4 = new Ipv4Header(view);
    this.#icmpv4 = new Icmpv4Header(view);
    this.#tcp = new TcpHeader(view);
    this.#udp = new UdpHeader(view);
  }

  get ethernet(): EthernetHeader | undefined {
    return this.layers.etherType < 0 ? undefined : this.#ethernet.at(this.offset);
  }

  get arp(): ArpHeader | undefined {
    const { etherType, payloadOffset, l3Offset } = this.layers;
    return etherType === EtherType.arp && payloadOffset >= 0 ? this.#arp.at(l3Offset) : undefined;
  }

  get ipv4(): Ipv4Header | undefined {
    const { etherType, ipProtocol, l3Offset } = this.layers;
    return etherType === EtherType.ipv4 && ipProtocol >= 0 ? this.#ipv4.at(l3Offset) : undefined;
  }

  get icmpv4(): Icmpv4Header | undefined {
    return this.#has(IpProtocol.icmp) ? this.#icmpv4.at(this.layers.l4Offset) : undefined;
  }

  get tcp(): TcpHeader | undefined {
    return this.#has(IpProtocol.tcp) ? this.#tcp.at(this.layers.l4Offset) : undefined;
  }

  get udp(): UdpHeader | undefined {
    return this.#has(IpProtocol.udp) ? this.#udp.at(this.layers.l4Offset) : undefined;
  }

  #has(protocol: number): boolean {
    const { ipProtocol, l4Offset, payloadOffset } = this.layers;
    return ipProtocol === protocol && l4Offset >= 0 && payloadOffset >= 0;
  }
}
