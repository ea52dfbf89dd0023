import type { AttachMode } from 'fluxnet-core';
import type { NetDevice } from './net-device.js';
import type { SimSocket } from './socket.js';

/**
 * A frame that the program redirected to a socket, copy mode (`xsk_rcv_check`, `__xsk_rcv`,
 * `xsk_flush`, net/xdp/xsk.c).
 *
 * What becomes visible when: in generic mode the rings are flushed after every frame that fits,
 * even if it found no room; in native mode once per NAPI poll, and only if a frame succeeded.
 * Every frame is a poll of its own here.
 */
export function deliverToSocket(
  socket: SimSocket,
  device: NetDevice,
  queueId: number,
  frame: Uint8Array,
  mode: AttachMode,
): void {
  const { queue } = socket;
  // Neither is counted anywhere: "I receive nothing" has no counter to look at.
  if (!socket.bound) return;
  if (queue.device !== device || queue.queueId !== queueId) return;
  if (frame.length > queue.pool.capacity) {
    socket.rxDropped++;
    return;
  }
  const received = store(socket, frame);
  if (received || mode === 'generic') flush(socket);
}

/** `__xsk_rcv`, frame in one buffer. */
function store(socket: SimSocket, frame: Uint8Array): boolean {
  const { pool, umem } = socket.queue;
  const base = pool.allocate();
  if (base < 0) {
    // Counted twice: the pool has counted an empty fill ring already.
    socket.rxDropped++;
    return false;
  }
  const addr = base + pool.dataOffset;
  umem.memory.bytes.set(frame, addr);
  if (socket.rxRing?.reserveDescriptor(addr, frame.length, 0) !== true) {
    socket.rxRingFull++;
    pool.free(base);
    return false;
  }
  return true;
}

/** `xsk_flush` */
function flush(socket: SimSocket): void {
  socket.rxRing?.submit();
  socket.queue.pool.publishFill();
  socket.waiters.wake('readable');
}
