/**
 * IPv4 addresses as unsigned 32-bit numbers: `10.0.0.1` is 0x0a000001. Text is strict: four decimal
 * numbers without leading zeros, because `010` is 8 to some readers and 10 to others.
 */

const BYTE = '(0|[1-9][0-9]{0,2})';
const ADDRESS_TEXT = new RegExp(`^${BYTE}\\.${BYTE}\\.${BYTE}\\.${BYTE}$`);
const LENGTH_TEXT = /^(?:0|[1-9][0-9]?)$/;

/** All addresses that agree with `address` in the bits set in `mask`. */
export interface Ipv4Prefix {
  readonly address: number;
  readonly mask: number;
}

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

/**
 * Reads `10.0.0.0/8`; an address without a length is a /32. Bits beyond the length must be zero: a
 * rule for `10.0.0.1/8` would match far more than the address it names.
 */
export function parseCidr(text: string): Ipv4Prefix {
  const slash = text.indexOf('/');
  const address = readIpv4(slash < 0 ? text : text.slice(0, slash));
  const lengthText = slash < 0 ? '32' : text.slice(slash + 1);
  const length = LENGTH_TEXT.test(lengthText) ? Number(lengthText) : 33;
  if (address === undefined || length > 32) {
    throw new RangeError(`not an IPv4 prefix: ${JSON.stringify(text)}`);
  }
  // A shift by 32 is a shift by 0 in JavaScript, so /0 needs its own answer.
  const mask = length === 0 ? 0 : (-1 << (32 - length)) >>> 0;
  const network = (address & mask) >>> 0;
  if (network !== address) {
    throw new RangeError(
      `${JSON.stringify(text)} has bits set beyond its length; ` +
        `the prefix is ${formatIpv4(network)}/${length}`,
    );
  }
  return { address, mask };
}

export function matchesPrefix(prefix: Ipv4Prefix, address: number): boolean {
  return ((address ^ prefix.address) & prefix.mask) === 0;
}

function readIpv4(text: string): number | undefined {
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
