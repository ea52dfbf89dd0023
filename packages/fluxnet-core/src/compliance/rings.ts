import type { RingRegion } from '../contract/ring.js';

/**
 * The user's side of the rings, as plain as can be: no caching, BigInt addresses, nothing checked,
 * so that a case can write what the ring classes would not.
 */

export interface Descriptor {
  readonly addr: number | bigint;
  readonly len: number;
  readonly options?: number;
}

interface View {
  readonly region: RingRegion;
  readonly words: Int32Array;
  readonly data: DataView;
}

function view(region: RingRegion): View {
  return { region, words: new Int32Array(region.buffer), data: new DataView(region.buffer) };
}

export function producer(region: RingRegion): number {
  return new Int32Array(region.buffer)[region.producerOffset >> 2]!;
}

export function consumer(region: RingRegion): number {
  return new Int32Array(region.buffer)[region.consumerOffset >> 2]!;
}

export function flags(region: RingRegion): number {
  return new Int32Array(region.buffer)[region.flagsOffset >> 2]!;
}

/** Entries between the indices that user space can see. */
export function pending(region: RingRegion): number {
  return (producer(region) - consumer(region)) | 0;
}

function produce(
  region: RingRegion,
  write: (data: DataView, offset: number) => void,
  bytes: number,
) {
  if (pending(region) >= region.size) throw new Error('the ring is full');
  const { words, data } = view(region);
  const index = words[region.producerOffset >> 2]!;
  write(data, region.descriptorOffset + (index & (region.size - 1)) * bytes);
  words[region.producerOffset >> 2] = index + 1;
}

function consume<T>(
  region: RingRegion,
  read: (data: DataView, offset: number) => T,
  bytes: number,
  limit: number,
): T[] {
  const { words, data } = view(region);
  const taken: T[] = [];
  while (pending(region) !== 0 && taken.length < limit) {
    const index = words[region.consumerOffset >> 2]!;
    taken.push(read(data, region.descriptorOffset + (index & (region.size - 1)) * bytes));
    words[region.consumerOffset >> 2] = index + 1;
  }
  return taken;
}

/** Gives buffers to the kernel. */
export function pushFill(fill: RingRegion, ...addresses: (number | bigint)[]): void {
  for (const addr of addresses) {
    produce(fill, (data, at) => data.setBigUint64(at, BigInt.asUintN(64, BigInt(addr)), true), 8);
  }
}

/** Queues descriptors; the kernel looks at them when it is kicked. */
export function pushTx(tx: RingRegion | undefined, ...descriptors: Descriptor[]): void {
  for (const { addr, len, options = 0 } of descriptors) {
    produce(
      tx!,
      (data, at) => {
        data.setBigUint64(at, BigInt.asUintN(64, BigInt(addr)), true);
        data.setUint32(at + 8, len, true);
        data.setUint32(at + 12, options, true);
      },
      16,
    );
  }
}

const OFFSET_SHIFT = 48n; // XSK_UNALIGNED_BUF_OFFSET_SHIFT, include/uapi/linux/if_xdp.h

/**
 * Takes received descriptors and releases their slots. The address is that of the packet: where
 * chunks are unaligned, the kernel keeps chunk and offset apart in it.
 */
export function takeRx(rx: RingRegion | undefined, limit = Number.POSITIVE_INFINITY) {
  return consume(
    rx!,
    (data, at) => ({
      addr: dataAddress(data.getBigUint64(at, true)),
      len: data.getUint32(at + 8, true),
      options: data.getUint32(at + 12, true),
    }),
    16,
    limit,
  );
}

function dataAddress(raw: bigint): number {
  return Number(BigInt.asUintN(48, raw)) + Number(raw >> OFFSET_SHIFT);
}

/** The address of the entry at the consumer index, as it stands in the ring. */
export function peekRawAddress(rx: RingRegion): bigint {
  const { words, data } = view(rx);
  const slot = words[rx.consumerOffset >> 2]! & (rx.size - 1);
  return data.getBigUint64(rx.descriptorOffset + slot * 16, true);
}

/** Takes completed addresses. */
export function takeCompletions(
  completion: RingRegion,
  limit = Number.POSITIVE_INFINITY,
): bigint[] {
  return consume(completion, (data, at) => data.getBigUint64(at, true), 8, limit);
}
