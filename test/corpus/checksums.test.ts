import {
  ChecksumVerdict,
  decodeLayers,
  Layers,
  parseCapture,
  verifyIpv4Checksum,
  verifyL4Checksum,
} from 'fluxnet-proto';
import { describe, expect, test } from 'vitest';
import { corpusBytes, corpusFiles, corpusJson, hasCorpus } from '../support/corpus.js';

interface Expected {
  readonly packets: readonly Readonly<Record<string, string | string[] | undefined>>[];
}

/** As tshark counts: 0 bad, 1 good, 2 not verified, 3 absent. It does not tell partial ones apart. */
const STATUS: Readonly<Record<number, string>> = {
  [ChecksumVerdict.bad]: '0',
  [ChecksumVerdict.partial]: '0',
  [ChecksumVerdict.good]: '1',
  [ChecksumVerdict.notVerifiable]: '2',
  [ChecksumVerdict.absent]: '3',
};

/** What is left, and why. */
const EXPLAINED: readonly string[] = [
  // tshark does not verify what an ICMP error quotes; these are quoted whole.
  'tcpdump/tests/dhcp-rfc4388.pcap 6 icmp.checksum.status: 1,1, tshark 1,2',
  'tcpdump/tests/dhcp-rfc4388.pcap 16 icmp.checksum.status: 1,1, tshark 1,2',
  // The IP header says that there is more than there is: tshark takes what is there.
  'tcpdump/tests/icmp-cksum-oobr-1.pcap 1 icmp.checksum.status: 2, tshark 0',
  'tcpdump/tests/icmp-cksum-oobr-1.pcap 1 udp.checksum.status: 2, tshark 0',
  // The IP header says that there is less than the UDP header says: tshark takes the latter.
  'tcpdump/tests/ipv4_invalid_total_length.pcap 1 udp.checksum.status: 2, tshark 1',
  'tcpdump/tests/ipv6_invalid_length_2.pcap 1 udp.checksum.status: 2, tshark 1',
  // As the two of ICMP.
  'tcpdump/tests/kday4.pcap 10 tcp.checksum.status: 2, tshark 0',
  'tcpdump/tests/kday7.pcap 10 tcp.checksum.status: 2, tshark 0',
  // The home address option says that it has one byte: tshark takes 16.
  'zeek/testing/btest/Traces/ipv6-mobility-dst-opts.pcap 3 udp.checksum.status: 0, tshark 1',
  'zeek/testing/btest/Traces/tcp/reassembly.pcap 7 tcp.checksum.status: 2, tshark 0',
];

/** tshark counts custom blocks as packets there, so that packets have other numbers. */
const OTHER_NUMBERS = /^gopacket.*test(018|202)/;

const L4: Readonly<Record<number, string>> = {
  1: 'icmp.checksum.status',
  2: 'igmp.checksum.status',
  6: 'tcp.checksum.status',
  17: 'udp.checksum.status',
  58: 'icmpv6.checksum.status',
};

/** What is found in a packet, outermost first, by tshark's names. */
function statuses(view: DataView, linkType: number): Map<string, string[]> {
  const found = new Map<string, string[]>();
  const add = (name: string | undefined, verdict: number) => {
    if (name === undefined) return;
    found.set(name, [...(found.get(name) ?? []), STATUS[verdict]!]);
  };
  const outer = new Layers();
  decodeLayers(view, 0, view.byteLength, outer, linkType);
  for (let layers: Layers | undefined = outer; layers !== undefined; layers = layers.inner) {
    if (layers.etherType === 0x0800 && layers.ipProtocol >= 0) {
      add('ip.checksum.status', verifyIpv4Checksum(view, layers));
    }
    if (layers.l4Offset >= 0) add(L4[layers.ipProtocol], verifyL4Checksum(view, layers));
  }
  return found;
}

describe.skipIf(!hasCorpus)('captures in the folder FLUXNET_CORPUS', () => {
  test('have checksums as good as tshark says', () => {
    const differences: string[] = [];
    let compared = 0;
    for (const { path } of corpusFiles()) {
      const expected = corpusJson<Expected>(`expected/${path}.json`);
      if (expected === undefined || path.endsWith('.gz')) continue;
      if (OTHER_NUMBERS.test(path)) continue;
      const packets = [];
      try {
        for (const event of parseCapture(corpusBytes(path))) {
          if (event.type === 'packet') packets.push(event);
        }
      } catch {
        // Damaged files have a test of their own.
      }
      for (const [i, wanted] of expected.packets.entries()) {
        const packet = packets[i];
        if (packet === undefined || String(packet.data.length) !== wanted['frame.cap_len'])
          continue;
        const { data, linkType } = packet;
        const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
        for (const [name, found] of statuses(view, linkType)) {
          const status = wanted[name];
          if (status === undefined) continue;
          const list = typeof status === 'string' ? [status] : status;
          if (list.length !== found.length) continue;
          compared++;
          if (list.join() !== found.join()) {
            differences.push(`${path} ${i + 1} ${name}: ${found.join()}, tshark ${list.join()}`);
          }
        }
      }
    }
    expect(differences).toEqual(EXPLAINED);
    expect(compared).toBeGreaterThan(20_000);
  });
});
