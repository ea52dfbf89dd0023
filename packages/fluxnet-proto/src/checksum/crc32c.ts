/**
 * CRC32c (Castagnoli), the checksum of SCTP (RFC 9260, appendix A): bytes come in with their lowest
 * bit first. Eight bytes a turn, each with a table of its own ("slicing by 8": Kounavis, Berry,
 * 2005).
 */

const POLYNOMIAL = 0x82f6_3b78;
const SLICES = 8;
const TABLES = makeTables();

/** Of `length` bytes at `offset`, continuing from the `crc` of those before. Unsigned. */
export function crc32c(view: DataView, offset: number, length: number, crc = 0): number {
  const t = TABLES;
  const end = offset + length;
  let c = ~crc;
  let at = offset;
  for (const lastBlock = end - SLICES; at <= lastBlock; at += SLICES) {
    const low = c ^ view.getInt32(at, true);
    const high = view.getInt32(at + 4, true);
    c =
      t[0x700 | (low & 0xff)]! ^
      t[0x600 | ((low >>> 8) & 0xff)]! ^
      t[0x500 | ((low >>> 16) & 0xff)]! ^
      t[0x400 | (low >>> 24)]! ^
      t[0x300 | (high & 0xff)]! ^
      t[0x200 | ((high >>> 8) & 0xff)]! ^
      t[0x100 | ((high >>> 16) & 0xff)]! ^
      t[high >>> 24]!;
  }
  for (; at < end; at++) c = t[(c ^ view.getUint8(at)) & 0xff]! ^ (c >>> 8);
  return ~c >>> 0;
}

/**
 * The checksum of an SCTP packet as its field at `offset + 8` has it, read in network byte order.
 * The field itself counts as zero.
 */
export function sctpChecksum(view: DataView, offset: number, length: number): number {
  const head = crc32c(view, offset, CHECKSUM_OFFSET);
  const crc = crc32c(view, offset + 12, length - 12, crc32c(ZEROS, 0, 4, head));
  // The CRC is sent with its low byte first.
  return ((crc << 24) | ((crc & 0xff00) << 8) | ((crc >>> 8) & 0xff00) | (crc >>> 24)) >>> 0;
}

const CHECKSUM_OFFSET = 8;
const ZEROS = new DataView(new ArrayBuffer(4));

/** Table `n` is what a byte does to the CRC when `n` more follow it. */
function makeTables(): Int32Array {
  const tables = new Int32Array(SLICES * 256);
  for (let byte = 0; byte < 256; byte++) {
    let c = byte;
    for (let bit = 0; bit < 8; bit++) c = (c & 1) !== 0 ? POLYNOMIAL ^ (c >>> 1) : c >>> 1;
    tables[byte] = c;
  }
  for (let i = 256; i < tables.length; i++) {
    const before = tables[i - 256]!;
    tables[i] = tables[before & 0xff]! ^ (before >>> 8);
  }
  return tables;
}
