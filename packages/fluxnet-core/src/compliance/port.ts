import type { Backend } from '../contract/backend.js';
import type { Memory } from '../contract/memory.js';
import type { Queue } from '../contract/queue.js';
import type { BindOptions, Socket } from '../contract/socket.js';
import type { UmemRegistration } from '../contract/umem.js';

/** Everything of one socket that can be chosen; the rest is as in the kernel's own tests. */
export interface PortOptions extends Partial<BindOptions> {
  readonly queueId?: number;
  /** Default 4096. */
  readonly chunkSize?: number;
  /** Default 64. */
  readonly chunkCount?: number;
  readonly frameHeadroom?: number;
  readonly unaligned?: boolean;
  readonly txMetadataLength?: number;
  /** Entries of each ring. Default 64; 0 leaves RX or TX out. */
  readonly fillRingSize?: number;
  readonly completionRingSize?: number;
  readonly rxRingSize?: number;
  readonly txRingSize?: number;
}

/** Memory, registration, queue and socket of one port. Closing the memory closes all. */
export interface Port {
  readonly ifname: string;
  readonly memory: Memory;
  readonly bytes: Uint8Array;
  readonly umem: UmemRegistration;
  readonly queue: Queue;
  readonly socket: Socket;
}

/** `NEED_WAKEUP | COPY`, as the kernel's tests bind. */
export const COPY: BindOptions = { copyMode: 'copy', needWakeup: true, multiBuffer: false };

export function openRegistration(backend: Backend, options: PortOptions) {
  const { chunkSize = 4096, chunkCount = 64, frameHeadroom = 0, unaligned = false } = options;
  const { txMetadataLength = 0 } = options;
  const memory = backend.openMemory({ size: chunkSize * chunkCount, pages: '4k' });
  try {
    const geometry = { chunkSize, frameHeadroom, unaligned, txMetadataLength };
    return { memory, umem: backend.openUmem(memory, geometry) };
  } catch (error) {
    memory.close();
    throw error;
  }
}

export function openSocket(
  umem: UmemRegistration,
  backend: Backend,
  ifname: string,
  options: PortOptions = {},
) {
  const { queueId = 0, fillRingSize = 64, completionRingSize = 64 } = options;
  const { rxRingSize = 64, txRingSize = 64 } = options;
  const queue = backend.openQueue(umem, { ifname, queueId, fillRingSize, completionRingSize });
  return { queue, socket: backend.openSocket(queue, { rxRingSize, txRingSize }) };
}

/** A port whose socket is not bound. */
export function openUnbound(backend: Backend, ifname: string, options: PortOptions = {}): Port {
  const { memory, umem } = openRegistration(backend, options);
  try {
    const bytes = new Uint8Array(memory.buffer);
    return { ifname, memory, bytes, umem, ...openSocket(umem, backend, ifname, options) };
  } catch (error) {
    memory.close();
    throw error;
  }
}

/** A bound port. */
export function openPort(backend: Backend, ifname: string, options: PortOptions = {}): Port {
  const port = openUnbound(backend, ifname, options);
  try {
    port.socket.bind(bindOptions(options));
    return port;
  } catch (error) {
    port.memory.close();
    throw error;
  }
}

export function bindOptions(options: PortOptions): BindOptions {
  const { copyMode, needWakeup, multiBuffer } = { ...COPY, ...options };
  return { copyMode, needWakeup, multiBuffer };
}
