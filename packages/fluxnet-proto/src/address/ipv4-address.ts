/**
 * IPv4 addresses as unsigned 32-bit numbers: `10.0.0.1` is 0x0a000001. Text is strict: four decimal
 * numbers without leading zeros, because `010` is 8 to some readers and 10 to others.
 */

const BYTE = '(0|[1-9][0-9]{0,2})';
const ADDRESS_TEXT = new RegExp(`^${BYTE}\\.${BYTE}\\.${BYTE}\\.${BYTE}$`);

export function parseIpv4(text: string): number {
  const address = readIpv4(text);
  if (address === undefined) {
    throw new RangeError(`not an IPv4 address: ${JSON.stringify(text)}`);
  }
  return address;
}

/** Takes a signed 32-bit number as well: the bits are what counts. */
export function formatIpv4(address: number): string {
  return `${address >>> 24}.${(address >>> 16) & 0xff}.${(address >>> 8) & 0xff}.${address & 0xff}`;
}

/** Undefined for what is no address. */
export function readIpv4(text: string): number | undefined {
  const match = ADDRESS_TEXT.exec(text);
  if (match === null) return undefined;
  let address = 0;
  for (let i = 1; i <= 4; i++) {
    const byte = Number(match[i]);
    if (byte > 255) return undefined;
    address = address * 256 + byte;
  }
  return address;
}
