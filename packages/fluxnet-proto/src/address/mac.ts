/** MAC addresses (EUI-48, IEEE 802): six bytes, written `02:00:00:00:00:01`. */

import { MAC_LENGTH, requireRoom } from '../bytes.js';

export { MAC_LENGTH };

const MAC_TEXT = /^[0-9a-f]{2}([:-])(?:[0-9a-f]{2}\1){4}[0-9a-f]{2}$/i;
const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

/** Reads six pairs of hex digits, with `:` or with `-` between them. */
export function parseMac(text: string): Uint8Array {
  if (!MAC_TEXT.test(text)) {
    throw new RangeError(`not a MAC address: ${JSON.stringify(text)}`);
  }
  const mac = new Uint8Array(MAC_LENGTH);
  for (let i = 0; i < MAC_LENGTH; i++) mac[i] = Number.parseInt(text.slice(i * 3, i * 3 + 2), 16);
  return mac;
}

/** Writes the six bytes at `offset` in lower case with `:` between them. */
export function formatMac(bytes: Uint8Array, offset = 0): string {
  requireRoom(bytes, offset, MAC_LENGTH);
  let text = HEX[bytes[offset]!]!;
  for (let i = 1; i < MAC_LENGTH; i++) text += `:${HEX[bytes[offset + i]!]}`;
  return text;
}
