import { FluxError } from '../../errors.js';

// Attributes (`struct nlattr`, include/uapi/linux/netlink.h), in the byte order of the machine:
//
//   0        2        4                    4-byte aligned
//   | length | type   | value ... | padding | next
//
// The length counts header and value, not the padding. The two top bits of the type are flags.
const HEADER = 4;
const TYPE_MASK = 0x3fff;

/** Netlink speaks the byte order of the machine. */
export const LITTLE_ENDIAN = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

/** Values by type. A type that comes twice counts once, the last time (`nla_parse`). */
export type Attributes = ReadonlyMap<number, DataView>;

export function malformed(what: string, context: Readonly<Record<string, unknown>>): FluxError {
  return new FluxError('FLUX_NETLINK_MALFORMED', `netlink: ${what}`, { context });
}

/** `NLMSG_ALIGN`, `NLA_ALIGN` */
export function align(length: number): number {
  return (length + 3) & ~3;
}

/** The rest of a view. @throws {FluxError} `FLUX_NETLINK_MALFORMED` when it is shorter */
export function rest(view: DataView, offset: number): DataView {
  if (offset > view.byteLength) {
    throw malformed('a header is cut off', { length: view.byteLength, required: offset });
  }
  return new DataView(view.buffer, view.byteOffset + offset, view.byteLength - offset);
}

/**
 * Reads the attributes that fill a view. Fewer bytes at its end than a header takes are padding.
 * @throws {FluxError} `FLUX_NETLINK_MALFORMED`
 */
export function parseAttributes(view: DataView): Attributes {
  const found = new Map<number, DataView>();
  let offset = 0;
  while (view.byteLength - offset >= HEADER) {
    const length = view.getUint16(offset, LITTLE_ENDIAN);
    const type = view.getUint16(offset + 2, LITTLE_ENDIAN) & TYPE_MASK;
    if (length < HEADER || length > view.byteLength - offset) {
      throw malformed('an attribute does not fit', { type, offset, length });
    }
    found.set(type, new DataView(view.buffer, view.byteOffset + offset + HEADER, length - HEADER));
    offset += align(length);
  }
  return found;
}

/** The attributes inside one. */
export function nested(attributes: Attributes, type: number): Attributes | undefined {
  const value = attributes.get(type);
  return value && parseAttributes(value);
}

export function u8(attributes: Attributes, type: number): number | undefined {
  return sized(attributes, type, 1)?.getUint8(0);
}

export function u16(attributes: Attributes, type: number): number | undefined {
  return sized(attributes, type, 2)?.getUint16(0, LITTLE_ENDIAN);
}

export function u32(attributes: Attributes, type: number): number | undefined {
  return sized(attributes, type, 4)?.getUint32(0, LITTLE_ENDIAN);
}

/** The lower half of a 64-bit value: flags, of which no more than a few exist. */
export function lowWordOfU64(attributes: Attributes, type: number): number | undefined {
  return sized(attributes, type, 8)?.getUint32(LITTLE_ENDIAN ? 0 : 4, LITTLE_ENDIAN);
}

/** A `uint` of the specifications: 4 bytes, or 8 where they are needed. */
export function unsigned(attributes: Attributes, type: number): number | undefined {
  const value = sized(attributes, type, 4);
  if (value === undefined || value.byteLength < 8) return value?.getUint32(0, LITTLE_ENDIAN);
  return Number(value.getBigUint64(0, LITTLE_ENDIAN));
}

/** Text up to the first NUL. */
export function text(attributes: Attributes, type: number): string | undefined {
  const value = bytes(attributes, type);
  if (value === undefined) return undefined;
  const end = value.indexOf(0);
  return new TextDecoder().decode(end < 0 ? value : value.subarray(0, end));
}

export function bytes(attributes: Attributes, type: number): Uint8Array | undefined {
  const value = attributes.get(type);
  return value && new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
}

function sized(attributes: Attributes, type: number, size: number): DataView | undefined {
  const value = attributes.get(type);
  if (value !== undefined && value.byteLength < size) {
    throw malformed('a value is too short', { type, length: value.byteLength, required: size });
  }
  return value;
}

/** Makes one attribute, padded. */
export function attribute(type: number, value: Uint8Array): Uint8Array {
  const out = new Uint8Array(align(HEADER + value.length));
  const view = new DataView(out.buffer);
  view.setUint16(0, HEADER + value.length, LITTLE_ENDIAN);
  view.setUint16(2, type, LITTLE_ENDIAN);
  out.set(value, HEADER);
  return out;
}

export function textAttribute(type: number, value: string): Uint8Array {
  return attribute(type, new TextEncoder().encode(`${value}\0`));
}

export function u32Attribute(type: number, value: number): Uint8Array {
  return attribute(type, new Uint8Array(Uint32Array.of(value).buffer));
}
