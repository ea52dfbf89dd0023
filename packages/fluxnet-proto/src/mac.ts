/** MAC addresses (EUI-48, IEEE 802): six bytes, written `02:00:00:00:00:01`. */

export const MAC_LENGTH = 6;

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
  requireMac(bytes, offset);
  let text = HEX[bytes[offset]!]!;
  for (let i = 1; i < MAC_LENGTH; i++) text += `:${HEX[bytes[offset + i]!]}`;
  return text;
}

/** Copies a MAC address out of a header. */
export function loadMac(view: DataView, offset: number, into: Uint8Array, at: number): void {
  requireMac(into, at);
  for (let i = 0; i < MAC_LENGTH; i++) into[at + i] = view.getUint8(offset + i);
}

/** Copies a MAC address into a header. */
export function storeMac(view: DataView, offset: number, mac: Uint8Array, at: number): void {
  requireMac(mac, at);
  for (let i = 0; i < MAC_LENGTH; i++) view.setUint8(offset + i, mac[at + i]!);
}

/** Compares a MAC address in a header with one in an array. */
export function equalMac(view: DataView, offset: number, mac: Uint8Array, at: number): boolean {
  requireMac(mac, at);
  for (let i = 0; i < MAC_LENGTH; i++) {
    if (view.getUint8(offset + i) !== mac[at + i]) return false;
  }
  return true;
}

/** Typed arrays ignore writes past their end and read them as undefined, so ask first. */
function requireMac(bytes: Uint8Array, offset: number): void {
  if (!(offset >= 0 && offset + MAC_LENGTH <= bytes.length)) {
    throw new RangeError(
      `a MAC address needs ${MAC_LENGTH} bytes at ${offset} and the array has ${bytes.length}`,
    );
  }
}
