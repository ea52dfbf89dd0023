import { EtherType, IpProtocol } from 'fluxnet-proto';

/** One line of a firewall's list: the first rule that matches a packet decides. */
export interface Rule {
  readonly name: string;
  readonly action: 'allow' | 'drop';
  /** What must be equal; a field that is absent matches every packet. */
  readonly etherType?: number;
  readonly ipProtocol?: number;
  readonly srcPort?: number;
  readonly dstPort?: number;
  /** Allow no more than this; what is over the limit is dropped. Unlimited where absent. */
  readonly packetsPerSecond?: number;
}

export const HTTP_PORT = 8080;
export const BLOCKED_PORT = 9090;
export const SINK_PORT = 5001;
export const FLOOD_PORT = 5002;

/** The list of the demonstration: web, ping and a little UDP pass, everything else ends here. */
export const demoRules: readonly Rule[] = [
  { name: 'arp', action: 'allow', etherType: EtherType.arp },
  { name: 'ping', action: 'allow', ipProtocol: IpProtocol.icmp },
  { name: 'http', action: 'allow', ipProtocol: IpProtocol.tcp, dstPort: HTTP_PORT },
  { name: 'http-reply', action: 'allow', ipProtocol: IpProtocol.tcp, srcPort: HTTP_PORT },
  { name: 'blocked-port', action: 'drop', ipProtocol: IpProtocol.tcp, dstPort: BLOCKED_PORT },
  {
    name: 'udp-limit',
    action: 'allow',
    ipProtocol: IpProtocol.udp,
    dstPort: SINK_PORT,
    packetsPerSecond: 500,
  },
  { name: 'udp-flood', action: 'drop', ipProtocol: IpProtocol.udp },
];
