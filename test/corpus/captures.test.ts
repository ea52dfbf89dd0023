import { gunzipSync } from 'node:zlib';
import { type CapturePacket, parseCapture } from 'fluxnet-proto';
import { describe, expect, test } from 'vitest';
import { corpusBytes, corpusFiles, corpusJson, hasCorpus } from '../support/corpus.js';

/** Files of which tshark's count is not the number of packets, and why. */
const COUNTS: Readonly<Record<string, number>> = {
  // tshark counts custom blocks as records.
  'gopacket/pcapgo/tests/be/test018.pcapng': 4,
  'gopacket/pcapgo/tests/be/test202.pcapng': 8,
  'gopacket/pcapgo/tests/le/test018.pcapng': 4,
  'gopacket/pcapgo/tests/le/test202.pcapng': 8,
  // tshark 4.0 has no name for the link type; tcpdump counts these.
  'libpcap/tests/filter/brcm-tag-stp.pcap': 4,
  'libpcap/tests/filter/brcm-tag.pcap': 15,
  'libpcap/tests/filter/dsa.pcap': 8,
  'tcpdump/tests/brcm-tag-prepend.pcap': 15,
  'tcpdump/tests/brcm-tag.pcap': 23,
  'tcpdump/tests/dsa-high-vid.pcap': 4,
  'tcpdump/tests/dsa.pcap': 8,
  'tcpdump/tests/edsa-high-vid.pcap': 4,
  'tcpdump/tests/frf16_magic_ie-oobr.pcap': 1,
  'tcpdump/tests/hoobr_juniper3.pcap': 1,
  'tcpdump/tests/juniper_monitor_invalid_cookie_length.pcap': 1,
  'tcpdump/tests/vtp_asan-2.pcap': 1,
  'tcpdump/tests/vtp_asan-3.pcap': 1,
  'tcpdump/tests/vtp_asan.pcap': 5,
};

/** Damaged files: packets before the damage, the code, and where it is. */
const DAMAGED: Readonly<Record<string, readonly [number, string, number]>> = {
  'gopacket/pcapgo/tests/be/test901.pcapng': [1, 'FLUX_CAPTURE_MALFORMED', 492],
  'gopacket/pcapgo/tests/le/test901.pcapng': [1, 'FLUX_CAPTURE_MALFORMED', 492],
  'libpcap/tests/linktype-reserved-field-not-zero.pcap': [0, 'FLUX_CAPTURE_MALFORMED', 20],
  'libpcap/tests/shb-option-too-long.pcapng': [0, 'FLUX_CAPTURE_MALFORMED', 48],
  'ndpi/tests/cfgs/default/pcap/fuzz-2021-10-13.pcap': [1, 'FLUX_CAPTURE_TRUNCATED', 237],
};

/** Files in which tshark's figures of packets are not those of the file, and why. */
const OTHER_FIGURES: Readonly<Record<string, string>> = {
  'ndpi/tests/cfgs/default/pcap/fuzz-2021-06-07-c6c72a0a56.pcap':
    'tshark takes 32-bit times and lengths for signed ones',
};

const fromWireshark = (path: string) => corpusJson<Expected>(`expected/${path}.json`);

interface Expected {
  readonly tshark_rc?: number;
  readonly packets: readonly Readonly<Record<string, string>>[];
}

function read(path: string) {
  const bytes = corpusBytes(path);
  const packets: CapturePacket[] = [];
  const linkTypes = new Set<number>();
  let error: unknown;
  try {
    for (const event of parseCapture(path.endsWith('.gz') ? gunzipSync(bytes) : bytes)) {
      if (event.type === 'packet') packets.push(event);
      if (event.type === 'interface') linkTypes.add(event.linkType);
    }
  } catch (thrown) {
    error = thrown;
  }
  return { packets, linkTypes, error };
}

/** Of a packet, as tshark writes it. */
function figures({ seconds, nanoseconds, hasTime, originalLength, data }: CapturePacket) {
  return {
    'frame.time_epoch': hasTime ? `${seconds}.${String(nanoseconds).padStart(9, '0')}` : undefined,
    'frame.len': String(originalLength),
    'frame.cap_len': String(data.length),
  };
}

describe.skipIf(!hasCorpus)('captures in the folder FLUXNET_CORPUS', () => {
  const files = corpusFiles();

  test('are there', () => expect(files.length).toBeGreaterThan(1000));

  test('have as many packets, of the link types, as tshark and tcpdump say', () => {
    for (const { path, packets, linkType } of files) {
      const found = read(path);
      const [count, code, offset] = DAMAGED[path] ?? [COUNTS[path] ?? packets];
      expect.soft(found.packets.length, path).toBe(Number.isNaN(count) ? 0 : count);
      if (code === undefined) expect.soft(found.error, path).toBeUndefined();
      else expect.soft(found.error, path).toMatchObject({ code, context: { offset } });
      if (count > 0 && !Number.isNaN(linkType))
        expect.soft([...found.linkTypes], path).toContain(linkType);
    }
  });

  test('have times and lengths as tshark says', () => {
    let compared = 0;
    for (const { path } of files) {
      const expected = fromWireshark(path);
      if (expected === undefined || path in OTHER_FIGURES) continue;
      // Records that are no packets have no length on the wire that could be compared.
      const wanted = expected.packets.filter((packet) => packet['frame.protocols'] !== undefined);
      if (path in COUNTS && COUNTS[path]! < wanted.length) continue;
      const found = read(path).packets.slice(0, wanted.length).map(figures);
      const named = wanted.map((packet) => ({
        'frame.time_epoch': packet['frame.time_epoch'],
        'frame.len': packet['frame.len'],
        'frame.cap_len': packet['frame.cap_len'],
      }));
      expect.soft(found, path).toEqual(named);
      compared += found.length;
    }
    expect(compared).toBeGreaterThan(10_000);
  });
});
