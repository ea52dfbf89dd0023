import {
  ArpHeader,
  ArpOperation,
  decodeLayers,
  ETHERNET_HEADER_LENGTH,
  EtherType,
  Icmpv4Header,
  Icmpv4Type,
  IpProtocol,
  type Ipv4Options,
  Layers,
  parseIpv4,
  parseMac,
  TcpFlag,
  TcpHeader,
  UdpHeader,
  writeArp,
  writeIcmpEcho,
  writeTcp,
  writeUdp,
} from 'fluxnet-proto';
import type { SimInterface } from 'fluxnet-simulator';
import { BLOCKED_PORT, FLOOD_PORT, HTTP_PORT, SINK_PORT } from '../firewall/rules.js';
import type { ClientReport, ServerReport } from './report.js';
import { CLIENT_IP, SERVER_IP } from './topology.js';

const CLIENT = { mac: parseMac('02:00:00:00:77:01'), address: parseIpv4(CLIENT_IP) };
const SERVER = { mac: parseMac('02:00:00:00:77:02'), address: parseIpv4(SERVER_IP) };
const BROADCAST = parseMac('ff:ff:ff:ff:ff:ff');
const PING_IDENTIFIER = 77;
const FIRST_PORT = 20_000;

const text = new TextEncoder();
const REQUEST = text.encode(`GET / HTTP/1.1\r\nHost: ${SERVER_IP}\r\n\r\n`);
const RESPONSE = text.encode('HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n');

/** A host at the far end of a wire: decodes what arrives, builds what it sends. */
abstract class SimulatedHost {
  txPackets = 0;
  rxPackets = 0;
  protected readonly layers = new Layers();
  readonly #wire: SimInterface;
  readonly #frame = new Uint8Array(1514);

  constructor(wire: SimInterface) {
    this.#wire = wire;
    wire.onTransmit((frame) => {
      this.rxPackets++;
      const view = new DataView(frame.buffer, frame.byteOffset, frame.byteLength);
      decodeLayers(view, 0, frame.byteLength, this.layers);
      this.receive(view);
    });
  }

  protected abstract receive(view: DataView): void;

  /** Builds a frame with one of the writers of fluxnet-proto and puts it on the wire. */
  protected send<T>(write: (frame: Uint8Array, options: T) => number, options: T): void {
    const length = write(this.#frame, options);
    this.txPackets++;
    this.#wire.inject(this.#frame.subarray(0, length));
  }
}

/** Answers ARP, ping and HTTP without keeping connections, and counts UDP. */
export class SimulatedServer extends SimulatedHost {
  readonly report: { -readonly [Key in keyof ServerReport]: number } = {
    httpRequests: 0,
    udpReceived: 0,
    floodReceived: 0,
    blockedConnections: 0,
  };

  protected override receive(view: DataView): void {
    const { layers } = this;
    if (layers.etherType === EtherType.arp) this.#answerArp(view);
    else if (layers.ipProtocol === IpProtocol.icmp) this.#answerPing(view);
    else if (layers.ipProtocol === IpProtocol.tcp) this.#answerTcp(view);
    else if (layers.ipProtocol === IpProtocol.udp) this.#countUdp(view);
  }

  #answerArp(view: DataView): void {
    const arp = new ArpHeader(view).at(ETHERNET_HEADER_LENGTH);
    if (arp.operation !== ArpOperation.request || arp.targetAddress !== SERVER.address) return;
    this.send(writeArp, {
      srcMac: SERVER.mac,
      dstMac: CLIENT.mac,
      operation: ArpOperation.reply,
      senderAddress: SERVER.address,
      targetAddress: CLIENT.address,
    });
  }

  #answerPing(view: DataView): void {
    const icmp = new Icmpv4Header(view).at(this.layers.l4Offset);
    if (icmp.type !== Icmpv4Type.echo) return;
    const { identifier, sequenceNumber } = icmp;
    this.send(writeIcmpEcho, {
      ...toClient,
      type: Icmpv4Type.echoReply,
      identifier,
      sequenceNumber,
    });
  }

  #answerTcp(view: DataView): void {
    const tcp = new TcpHeader(view).at(this.layers.l4Offset);
    if (tcp.dstPort === BLOCKED_PORT) this.report.blockedConnections++;
    const opening = (tcp.flags & TcpFlag.syn) !== 0;
    const { payloadLength } = this.layers;
    if (!opening && payloadLength === 0) return;
    if (!opening) this.report.httpRequests++;
    this.send(writeTcp, {
      ...toClient,
      srcPort: tcp.dstPort,
      dstPort: tcp.srcPort,
      sequenceNumber: opening ? 1000 : tcp.acknowledgmentNumber,
      acknowledgmentNumber: (tcp.sequenceNumber + (opening ? 1 : payloadLength)) >>> 0,
      flags: opening ? TcpFlag.syn | TcpFlag.ack : TcpFlag.psh | TcpFlag.ack | TcpFlag.fin,
      payload: opening ? undefined : RESPONSE,
    });
  }

  #countUdp(view: DataView): void {
    const udp = new UdpHeader(view).at(this.layers.l4Offset);
    if (udp.dstPort === SINK_PORT) this.report.udpReceived++;
    if (udp.dstPort === FLOOD_PORT) this.report.floodReceived++;
  }
}

/** Makes the traffic of the demonstration, a frame at a time. */
export class SimulatedClient extends SimulatedHost {
  #nextPort = FIRST_PORT;
  #httpRequests = 0;
  #httpResponses = 0;
  #status: number | string = 'no answer';
  #blocked: ClientReport['blocked'] = 'timeout';
  #udpSent = 0;
  readonly #ping = { sent: 0, received: 0 };

  report(): ClientReport {
    return {
      allowed: this.#status,
      blocked: this.#blocked,
      httpRequests: this.#httpRequests,
      httpFailures: this.#httpRequests - this.#httpResponses,
      ping: this.#ping,
      udpSent: this.#udpSent,
    };
  }

  askForServer(): void {
    this.send(writeArp, {
      srcMac: CLIENT.mac,
      dstMac: BROADCAST,
      operation: ArpOperation.request,
      senderAddress: CLIENT.address,
      targetAddress: SERVER.address,
    });
  }

  requestPage(): void {
    this.#httpRequests++;
    this.#connect(HTTP_PORT);
  }

  tryBlockedPort(): void {
    this.#connect(BLOCKED_PORT);
  }

  ping(): void {
    this.#ping.sent++;
    this.send(writeIcmpEcho, {
      ...toServer,
      identifier: PING_IDENTIFIER,
      sequenceNumber: this.#ping.sent & 0xffff,
    });
  }

  flood(packets: number): void {
    for (let i = 0; i < packets; i++) {
      for (const dstPort of [SINK_PORT, FLOOD_PORT]) {
        this.#udpSent++;
        this.send(writeUdp, { ...toServer, srcPort: FIRST_PORT, dstPort, payload: REQUEST });
      }
    }
  }

  #connect(dstPort: number): void {
    this.#nextPort = this.#nextPort === 65535 ? FIRST_PORT : this.#nextPort + 1;
    const srcPort = this.#nextPort;
    this.send(writeTcp, { ...toServer, srcPort, dstPort, flags: TcpFlag.syn });
  }

  protected override receive(view: DataView): void {
    const { layers } = this;
    if (layers.ipProtocol === IpProtocol.icmp) this.#ping.received++;
    if (layers.ipProtocol !== IpProtocol.tcp) return;
    const tcp = new TcpHeader(view).at(layers.l4Offset);
    if (tcp.srcPort === BLOCKED_PORT) this.#blocked = 'connected';
    if (tcp.srcPort !== HTTP_PORT) return;
    if (layers.payloadLength > 0) this.#readResponse(view);
    else if ((tcp.flags & TcpFlag.syn) !== 0) this.#sendRequest(tcp);
  }

  #sendRequest(tcp: TcpHeader): void {
    this.send(writeTcp, {
      ...toServer,
      srcPort: tcp.dstPort,
      dstPort: tcp.srcPort,
      sequenceNumber: tcp.acknowledgmentNumber,
      acknowledgmentNumber: (tcp.sequenceNumber + 1) >>> 0,
      flags: TcpFlag.psh | TcpFlag.ack,
      payload: REQUEST,
    });
  }

  #readResponse(view: DataView): void {
    const { payloadOffset, payloadLength } = this.layers;
    const bytes = new Uint8Array(view.buffer, view.byteOffset + payloadOffset, payloadLength);
    const status = /^HTTP\/1\.1 (\d{3}) /.exec(new TextDecoder().decode(bytes))?.[1];
    if (status === undefined) return;
    this.#httpResponses++;
    this.#status = Number(status);
  }
}

const toServer: Ipv4Options = {
  srcMac: CLIENT.mac,
  dstMac: SERVER.mac,
  srcAddress: CLIENT.address,
  dstAddress: SERVER.address,
};

const toClient: Ipv4Options = {
  srcMac: SERVER.mac,
  dstMac: CLIENT.mac,
  srcAddress: SERVER.address,
  dstAddress: CLIENT.address,
};
