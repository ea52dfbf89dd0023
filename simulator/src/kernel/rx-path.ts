import { DESC_CONTINUED } from 'fluxnet-core';
import { copyBytes } from './copy-bytes.js';
import type { NetDevice } from './net-device.js';
import type { SimSocket } from './socket.js';
import type { SimUmem } from './umem.js';

/** Buffers of the packet that is being stored; one packet at a time. */
const taken: number[] = [];

/**
 * A frame that the program redirected to a socket, copy mode (`xsk_rcv_check`, `__xsk_rcv`,
 * net/xdp/xsk.c). `metadataLength` bytes in front of it go along.
 *
 * What becomes visible when is the socket's matter: it is told of every frame that passed the
 * checks, stored or not.
 * @param generic the program runs in generic mode
 */
export function deliverToSocket(
  socket: SimSocket,
  device: NetDevice,
  queueId: number,
  bytes: Uint8Array,
  offset: number,
  length: number,
  metadataLength: number,
  generic: boolean,
): void {
  const { queue } = socket;
  // Neither is counted anywhere: "I receive nothing" has no counter to look at.
  if (!socket.bound) return;
  if (queue.device !== device || queue.queueId !== queueId) return;
  const { capacity } = queue.pool;
  if (length > capacity && !socket.multiBuffer) {
    socket.rxDropped++;
    return;
  }
  const stored =
    length <= capacity
      ? storeOne(socket, bytes, offset, length, metadataLength)
      : storeMany(socket, bytes, offset, length, metadataLength);
  socket.received(stored, generic);
}

/** Frame in one buffer. */
function storeOne(
  socket: SimSocket,
  bytes: Uint8Array,
  offset: number,
  length: number,
  metadataLength: number,
): boolean {
  const { pool, umem } = socket.queue;
  const base = pool.allocate();
  if (base < 0) {
    // Counted twice: the pool has counted an empty fill ring already.
    socket.rxDropped++;
    return false;
  }
  const start = base + pool.dataOffset - metadataLength;
  copyBytes(umem.memory.bytes, start, bytes, offset - metadataLength, metadataLength + length);
  if (socket.rxRing !== undefined && produce(socket, umem, base, length, 0)) return true;
  socket.rxRingFull++;
  pool.free(base);
  return false;
}

/** Frame in several buffers: all of it or nothing. */
function storeMany(
  socket: SimSocket,
  bytes: Uint8Array,
  offset: number,
  length: number,
  metadataLength: number,
): boolean {
  const { pool, umem } = socket.queue;
  const count = Math.ceil(length / pool.capacity);
  if (!pool.canAllocate(count)) {
    socket.rxDropped++;
    return false;
  }
  if (socket.rxRing?.hasRoom(count) !== true) {
    socket.rxRingFull++;
    return false;
  }
  taken.length = 0;
  while (taken.length < count) {
    const base = pool.allocate();
    // Invalid fill entries had been counted as buffers; an aligned chunk cannot be there twice.
    if (base < 0 || (!umem.unaligned && taken.includes(base))) {
      for (const other of taken) pool.free(other);
      socket.rxDropped++;
      return false;
    }
    taken.push(base);
  }
  copyBytes(
    umem.memory.bytes,
    taken[0]! + pool.dataOffset - metadataLength,
    bytes,
    offset - metadataLength,
    metadataLength,
  );
  for (let i = 0, done = 0; i < count; i++) {
    const part = Math.min(pool.capacity, length - done);
    copyBytes(umem.memory.bytes, taken[i]! + pool.dataOffset, bytes, offset + done, part);
    done += part;
    produce(socket, umem, taken[i]!, part, done < length ? DESC_CONTINUED : 0);
  }
  return true;
}

/** `xp_get_handle`: where chunks are unaligned, the offset is in the upper 16 bits. */
export function produce(
  socket: SimSocket,
  umem: SimUmem,
  base: number,
  length: number,
  options: number,
): boolean {
  const { dataOffset } = socket.queue.pool;
  return umem.unaligned
    ? socket.rxRing!.reserveDescriptor(base, dataOffset << 16, length, options)
    : socket.rxRing!.reserveDescriptor(base + dataOffset, 0, length, options);
}
