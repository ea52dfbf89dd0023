/**
 * The packets of the kernel's own tests (test_xsk.c, `pkt_generate`): Ethernet with EtherType
 * 0x9000, two bytes of padding, then big-endian words of packet number and word number.
 *
 *      0       6       12     14    16
 *     | dst   | src   | 9000 | pad | number, 0 | number, 1 | number, 2 | …
 */
const HEADER = 16;
const MAC = [0x55, 0x44, 0x33, 0x22, 0x11];

/**
 * @param number of the packet, 16 bits of it count
 * @param length bytes
 * @param socket of several: the addresses end with twice its number, and one more
 */
export function packetBytes(number: number, length: number, socket = 0): Uint8Array {
  const bytes = new Uint8Array(length);
  const view = new DataView(bytes.buffer);
  bytes.set([...MAC, 2 * socket + 1, ...MAC, 2 * socket, 0x90, 0x00]);
  for (let at = HEADER, word = 0; at + 4 <= length; at += 4, word++) {
    view.setUint16(at, number & 0xffff);
    view.setUint16(at + 2, word & 0xffff);
  }
  return bytes;
}

/** The number of a packet by its first word; for messages. */
export function packetNumber(bytes: Uint8Array): number {
  return bytes.length < HEADER + 2 ? -1 : (bytes[HEADER]! << 8) | bytes[HEADER + 1]!;
}
