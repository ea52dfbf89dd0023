import type { SimQueue } from './queue.js';

// struct xsk_tx_metadata (include/uapi/linux/if_xdp.h)
const FLAG_TIMESTAMP = 1;
const FLAG_CHECKSUM = 2;
const FLAG_LAUNCH_TIME = 4;
const KNOWN_FLAGS = FLAG_TIMESTAMP | FLAG_CHECKSUM | FLAG_LAUNCH_TIME;
const CSUM_START = 8;
const CSUM_OFFSET = 10;
const TIMESTAMP = 8;

/** A packet's checksum that has to be computed: where the sum starts and where it goes. */
export interface ChecksumRequest {
  readonly start: number;
  readonly field: number;
}

export type MetadataAnswer = 'invalid' | undefined | ChecksumRequest;

/**
 * What the area in front of a packet asks for (`xsk_skb_metadata`, net/xdp/xsk.c). A checksum is
 * computed only where the registration says so or the device does it; a veth leaves it as it is.
 * Launch times are accepted and change nothing.
 * @param offset of the packet in the memory
 */
export function readTxMetadata(queue: SimQueue, offset: number, length: number): MetadataAnswer {
  const { umem, kernel } = queue;
  const { view } = umem.memory;
  if (umem.txMetadataLength === 0) return 'invalid';
  const metadata = offset - umem.txMetadataLength;
  const flags = view.getUint32(metadata, true);
  if ((flags & ~KNOWN_FLAGS) !== 0 || view.getUint32(metadata + 4, true) !== 0) return 'invalid';
  let request: ChecksumRequest | undefined;
  if ((flags & FLAG_CHECKSUM) !== 0) {
    const start = view.getUint16(metadata + CSUM_START, true);
    const field = start + view.getUint16(metadata + CSUM_OFFSET, true);
    if (field + 2 > length) return 'invalid';
    if (umem.txSoftwareChecksum || queue.device.checksumOffload) request = { start, field };
  }
  if ((flags & FLAG_TIMESTAMP) !== 0) {
    view.setBigUint64(metadata + TIMESTAMP, BigInt(kernel.scheduler.nowNs), true);
  }
  return request;
}

/** `skb_checksum_help`: the sum over the rest of the packet, including what the field holds. */
export function writeChecksum(
  bytes: Uint8Array,
  length: number,
  { start, field }: ChecksumRequest,
): void {
  let sum = 0;
  for (let i = start; i < length; i++) sum += (i - start) & 1 ? bytes[i]! : bytes[i]! << 8;
  while (sum > 0xffff) sum = (sum & 0xffff) + Math.floor(sum / 0x10000);
  const folded = ~sum & 0xffff || 0xffff; // 0 would mean that there is none.
  bytes[field] = folded >> 8;
  bytes[field + 1] = folded & 0xff;
}
