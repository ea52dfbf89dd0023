import { align, LITTLE_ENDIAN, malformed, parseAttributes, text } from './attributes.js';

// Messages (`struct nlmsghdr`, include/uapi/linux/netlink.h):
//
//   0                 4        6        8                 12               16
//   | length          | type   | flags  | sequence        | port id        | payload ...
export const HEADER = 16;

export const NLMSG_ERROR = 2;
export const NLMSG_DONE = 3;
export const NLM_F_REQUEST = 0x1;
export const NLM_F_MULTI = 0x2;
/** The dumped table changed while it was read: entries may be missing or double. */
export const NLM_F_DUMP_INTR = 0x10;
export const NLM_F_DUMP = 0x300;
/** In an error's answer: the request is not repeated, attributes follow. */
const NLM_F_CAPPED = 0x100;
const NLM_F_ACK_TLVS = 0x200;
const NLMSGERR_ATTR_MSG = 1;

export interface NetlinkMessage {
  readonly type: number;
  readonly flags: number;
  readonly sequence: number;
  readonly payload: DataView;
}

/** Splits a datagram. @throws {FluxError} `FLUX_NETLINK_MALFORMED` */
export function parseMessages(datagram: Uint8Array): NetlinkMessage[] {
  const view = new DataView(datagram.buffer, datagram.byteOffset, datagram.byteLength);
  const messages: NetlinkMessage[] = [];
  let offset = 0;
  while (offset < view.byteLength) {
    const left = view.byteLength - offset;
    const length = left < HEADER ? 0 : view.getUint32(offset, LITTLE_ENDIAN);
    if (length < HEADER || length > left) {
      throw malformed('a message does not fit', { offset, length, left });
    }
    messages.push({
      type: view.getUint16(offset + 4, LITTLE_ENDIAN),
      flags: view.getUint16(offset + 6, LITTLE_ENDIAN),
      sequence: view.getUint32(offset + 8, LITTLE_ENDIAN),
      payload: new DataView(view.buffer, view.byteOffset + offset + HEADER, length - HEADER),
    });
    offset += align(length);
  }
  return messages;
}

/** Makes a request. */
export function buildMessage(
  type: number,
  flags: number,
  sequence: number,
  parts: readonly Uint8Array[],
): Uint8Array {
  const length = parts.reduce((sum, part) => sum + align(part.length), HEADER);
  const out = new Uint8Array(length);
  const view = new DataView(out.buffer);
  view.setUint32(0, length, LITTLE_ENDIAN);
  view.setUint16(4, type, LITTLE_ENDIAN);
  view.setUint16(6, flags, LITTLE_ENDIAN);
  view.setUint32(8, sequence, LITTLE_ENDIAN);
  let offset = HEADER;
  for (const part of parts) {
    out.set(part, offset);
    offset += align(part.length);
  }
  return out;
}

export interface NetlinkFailure {
  /** Negative; 0 is an acknowledgement. */
  readonly errno: number;
  /** What the kernel says about it, where it says anything. */
  readonly reason: string | undefined;
}

/** Reads an `NLMSG_ERROR`, or the error that a dump ended with in its `NLMSG_DONE`. */
export function parseFailure({ type, flags, payload }: NetlinkMessage): NetlinkFailure {
  if (payload.byteLength < 4) {
    if (type === NLMSG_DONE) return { errno: 0, reason: undefined };
    throw malformed('an error has no number', { length: payload.byteLength });
  }
  const errno = payload.getInt32(0, LITTLE_ENDIAN);
  if ((flags & NLM_F_ACK_TLVS) === 0) return { errno, reason: undefined };
  // The header of the request comes back, its payload only when the answer is not capped.
  let offset = 4;
  if (type === NLMSG_ERROR) {
    offset += HEADER;
    if ((flags & NLM_F_CAPPED) === 0 && payload.byteLength >= offset) {
      offset += Math.max(0, align(payload.getUint32(4, LITTLE_ENDIAN)) - HEADER);
    }
  }
  if (offset < 0 || offset > payload.byteLength) {
    throw malformed('an error is cut off', { length: payload.byteLength, required: offset });
  }
  const attributes = parseAttributes(
    new DataView(payload.buffer, payload.byteOffset + offset, payload.byteLength - offset),
  );
  return { errno, reason: text(attributes, NLMSGERR_ATTR_MSG) };
}
