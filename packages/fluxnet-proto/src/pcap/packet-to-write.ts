import type { CaptureTime } from './capture.js';

/**
 * A packet for a capture. What a reader gives is one. One object can be used again and again: a
 * writer copies what it takes.
 */
export interface PacketToWrite extends CaptureTime {
  readonly data: Uint8Array;
  /** Where in `data` the packet begins. Default 0. */
  readonly offset?: number | undefined;
  /** Default: up to the end of `data`. */
  readonly length?: number | undefined;
  /** On the wire. Default: `length`. */
  readonly originalLength?: number | undefined;
}

/** Checks the extent of a packet and gives how much of it there is. */
export function lengthToWrite({ data, offset = 0, length }: PacketToWrite): number {
  const there = length ?? data.length - offset;
  if (!(Number.isInteger(offset) && Number.isInteger(there) && offset >= 0 && there >= 0)) {
    throw new RangeError(`a packet of ${there} bytes at ${offset}`);
  }
  if (offset + there > data.length) {
    throw new RangeError(`a packet of ${there} bytes at ${offset} of ${data.length}`);
  }
  return there;
}
