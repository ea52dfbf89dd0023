import { FluxEngine } from 'fluxnet';
import {
  EtherType,
  IpProtocol,
  parseIpv4,
  parseMac,
  TcpFlag,
  writeTcp,
  writeUdp,
} from 'fluxnet-proto';
import { type SimInterface, SimNetwork } from 'fluxnet-simulator';
import { beforeEach, describe, expect, it } from 'vitest';
import { Firewall } from './firewall.js';
import type { Rule } from './rules.js';

const hosts = {
  srcMac: parseMac('02:00:00:00:00:01'),
  dstMac: parseMac('02:00:00:00:00:02'),
  srcAddress: parseIpv4('10.0.0.1'),
  dstAddress: parseIpv4('10.0.0.2'),
};

const rules: readonly Rule[] = [
  { name: 'arp', action: 'allow', etherType: EtherType.arp },
  { name: 'web', action: 'allow', ipProtocol: IpProtocol.tcp, dstPort: 80 },
  { name: 'no-telnet', action: 'drop', ipProtocol: IpProtocol.tcp, dstPort: 23 },
  { name: 'dns', action: 'allow', ipProtocol: IpProtocol.udp, dstPort: 53, packetsPerSecond: 100 },
];

describe('Firewall', () => {
  let net: SimNetwork;
  let inside: SimInterface;
  let firewall: Firewall;
  let passed: number;
  const frame = new Uint8Array(1514);

  beforeEach(async () => {
    net = new SimNetwork();
    inside = net.addInterface('inside');
    passed = 0;
    net.addInterface('outside').onTransmit(() => passed++);
    firewall = new Firewall(rules, net.clock);
    const engine = await FluxEngine.open({
      backend: net.backend,
      ports: [{ ifname: 'inside' }, { ifname: 'outside' }],
      handler: firewall.handler,
    });
    engine.run();
  });

  async function tcp(dstPort: number): Promise<void> {
    const length = writeTcp(frame, { ...hosts, srcPort: 5000, dstPort, flags: TcpFlag.syn });
    inside.inject(frame.subarray(0, length));
    await net.run(1);
  }

  async function dns(count: number): Promise<void> {
    const length = writeUdp(frame, { ...hosts, srcPort: 5000, dstPort: 53 });
    for (let i = 0; i < count; i++) inside.inject(frame.subarray(0, length));
    await net.run(1);
  }

  const counts = () =>
    Object.fromEntries(firewall.counts().map((rule) => [rule.name, [rule.allowed, rule.dropped]]));

  it('lets pass what the first matching rule allows', async () => {
    await tcp(80);
    expect(passed).toBe(1);
    expect(counts()).toMatchObject({ web: [1, 0], default: [0, 0] });
  });

  it('drops what a rule drops, and what no rule names', async () => {
    await tcp(23);
    await tcp(25);
    expect(passed).toBe(0);
    expect(counts()).toMatchObject({ 'no-telnet': [0, 1], default: [0, 1] });
  });

  it('allows as many packets a second as the rule says', async () => {
    await dns(150);
    expect(counts().dns).toEqual([100, 50]);
    await net.run(500);
    await dns(100);
    expect(counts().dns![0]).toBeGreaterThanOrEqual(149);
    expect(counts().dns![0]).toBeLessThanOrEqual(151);
    await net.run(5000); // No more than a second's worth is saved up.
    await dns(300);
    expect(counts().dns![0]).toBeLessThanOrEqual(251);
    expect(passed).toBe(counts().dns![0]);
  });

  it('counts packets whose headers make no sense by what is wrong', async () => {
    const length = writeTcp(frame, { ...hosts, srcPort: 1, dstPort: 80, flags: 0 });
    frame[14] = 0x65; // IP version 6 where the EtherType says 4.
    inside.inject(frame.subarray(0, length));
    inside.inject(frame.subarray(0, 20));
    await net.run(1);
    expect(passed).toBe(0);
    expect(firewall.malformed()).toEqual({ badVersion: 1, truncated: 1 });
    expect(counts().default).toEqual([0, 0]);
  });

  it('drops later fragments: they have no ports to match', async () => {
    const length = writeUdp(frame, { ...hosts, srcPort: 1, dstPort: 53, dontFragment: false });
    frame[21] = 1; // Fragment offset 8.
    inside.inject(frame.subarray(0, length));
    await net.run(1);
    expect(counts()).toMatchObject({ dns: [0, 0], default: [0, 1] });
  });
});
