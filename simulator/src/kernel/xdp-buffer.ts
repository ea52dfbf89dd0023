import { errno, type XdpFrame, type XdpVerdict } from 'fluxnet-core';
import { XDP_PACKET_HEADROOM } from './buffer-pool.js';
import { copyBytes } from './copy-bytes.js';

const ETHERNET_HEADER = 14;
/** `sizeof(struct xdp_frame)`: the kernel keeps it free at the very start. */
const XDP_FRAME_BYTES = 40;
const MAX_METADATA = 252;
const PAGE_SIZE = 4096;
const TAILROOM = 320;
/** What the first page of a frame holds; the others are whole pages. */
const FIRST_PAGE = PAGE_SIZE - XDP_PACKET_HEADROOM - TAILROOM;
const MAX_FRAME = 18 * PAGE_SIZE;

/**
 * The frame as an XDP function sees it (`struct xdp_buff`): a copy with 256 bytes in front and
 * what is left of its last page behind. One object serves all frames.
 */
export class XdpBuffer implements XdpFrame {
  readonly bytes = new Uint8Array(XDP_PACKET_HEADROOM + MAX_FRAME + PAGE_SIZE);
  offset = 0;
  length = 0;
  metadataLength = 0;
  /** End of the room behind the frame. */
  #end = 0;
  /** Set by `redirect`. */
  redirectIndex = -1;
  /** Does the program's map have a socket there? */
  isMapped: (index: number) => boolean = () => false;

  load(bytes: Uint8Array, offset: number, length: number): void {
    copyBytes(this.bytes, XDP_PACKET_HEADROOM, bytes, offset, length);
    this.offset = XDP_PACKET_HEADROOM;
    this.length = length;
    this.metadataLength = 0;
    this.redirectIndex = -1;
    const beyond = Math.max(0, length - FIRST_PAGE);
    const pages =
      beyond === 0 ? FIRST_PAGE : FIRST_PAGE + Math.ceil(beyond / PAGE_SIZE) * PAGE_SIZE;
    this.#end = XDP_PACKET_HEADROOM + pages;
  }

  /** Metadata stays with the frame's start (`skb_metadata_clear` is not called on the way). */
  adjustHead(delta: number): number {
    const start = this.offset + delta;
    if (!Number.isInteger(delta) || start < XDP_FRAME_BYTES + this.metadataLength) {
      return errno.EINVAL;
    }
    if (this.length - delta < ETHERNET_HEADER) return errno.EINVAL;
    const metadata = this.offset - this.metadataLength;
    this.bytes.copyWithin(metadata + delta, metadata, this.offset);
    this.offset = start;
    this.length -= delta;
    return 0;
  }

  adjustTail(delta: number): number {
    const length = this.length + delta;
    if (!Number.isInteger(delta) || length < ETHERNET_HEADER) return errno.EINVAL;
    if (this.offset + length > this.#end) return errno.EINVAL;
    if (delta > 0) this.bytes.fill(0, this.offset + this.length, this.offset + length);
    this.length = length;
    return 0;
  }

  adjustMetadata(delta: number): number {
    const length = this.metadataLength - delta;
    if (!Number.isInteger(delta) || length < 0 || length > MAX_METADATA || length % 4 !== 0) {
      return errno.EINVAL;
    }
    if (this.offset - length < XDP_FRAME_BYTES) return errno.EINVAL;
    this.metadataLength = length;
    return 0;
  }

  redirect(index: number, fallback: Exclude<XdpVerdict, 'redirect'> = 'aborted'): XdpVerdict {
    if (!this.isMapped(index)) return fallback;
    this.redirectIndex = index;
    return 'redirect';
  }
}
