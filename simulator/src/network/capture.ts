import { LinkType, PcapWriter, parseCapture } from 'fluxnet-proto';
import type { LoggedFrame } from './frame-log.js';

const NS_PER_S = 1e9;

/** A pcap file of Ethernet frames, with the times of the simulation in nanoseconds. */
export function toPcap(frames: readonly LoggedFrame[]): Uint8Array {
  const pieces: Uint8Array[] = [];
  const writer = new PcapWriter((bytes) => pieces.push(bytes), { linkType: LinkType.ethernet });
  for (const { timeNs, bytes } of frames) {
    const seconds = Math.floor(timeNs / NS_PER_S);
    writer.packet({ data: bytes, seconds, nanoseconds: timeNs - seconds * NS_PER_S });
  }
  writer.flush();
  const file = new Uint8Array(pieces.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const piece of pieces) {
    file.set(piece, at);
    at += piece.length;
  }
  return file;
}

/** A frame of a capture, and how long after the first one it came. */
export interface CapturedFrame {
  readonly afterMs: number;
  readonly frame: Uint8Array;
}

/**
 * The Ethernet frames of a pcap or pcapng file; packets of other link types are left out.
 * @throws {ProtoError} as `parseCapture`
 */
export function fromCapture(file: Uint8Array): CapturedFrame[] {
  const frames: CapturedFrame[] = [];
  let first: number | undefined;
  for (const event of parseCapture(file)) {
    if (event.type !== 'packet' || event.linkType !== LinkType.ethernet) continue;
    const timeMs = event.seconds * 1000 + event.nanoseconds / 1e6;
    first ??= timeMs;
    frames.push({ afterMs: Math.max(0, timeMs - first), frame: Uint8Array.from(event.data) });
  }
  return frames;
}
