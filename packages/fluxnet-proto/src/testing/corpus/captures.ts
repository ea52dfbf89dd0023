import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseCapture } from '../../pcap/read-capture.js';

export interface ExpectedPacket {
  readonly [field: string]: string | readonly string[];
}

export interface Capture {
  /** Below the corpus' folder. */
  readonly path: string;
  readonly expected: readonly ExpectedPacket[];
  /** As many of the first packets as there are expectations, or fewer where the file is damaged. */
  readonly packets: readonly { readonly data: Uint8Array; readonly linkType: number }[];
}

/** Every capture that tshark could read, one after the other. */
export function* captures(corpus: string): Generator<Capture> {
  for (const name of readdirSync(join(corpus, 'expected'), { recursive: true, encoding: 'utf8' })) {
    if (!name.endsWith('.json')) continue;
    const json = JSON.parse(readFileSync(join(corpus, 'expected', name), 'utf8'));
    if (json.tshark_rc !== 0) continue;
    const expected = json.packets as ExpectedPacket[];
    const bytes = readFileSync(join(corpus, json.file));
    yield { path: json.file, expected, packets: firstPackets(bytes, expected.length) };
  }
}

function firstPackets(bytes: Uint8Array, count: number): Capture['packets'] {
  const packets: { data: Uint8Array; linkType: number }[] = [];
  if (count === 0) return packets;
  try {
    for (const event of parseCapture(bytes)) {
      if (event.type !== 'packet') continue;
      packets.push({ data: Uint8Array.from(event.data), linkType: event.linkType });
      if (packets.length === count) break;
    }
  } catch {
    // What stands before the damage counts; the report says how many packets are missing.
  }
  return packets;
}
