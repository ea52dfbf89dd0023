import type { Backend } from '../contract/backend.js';
import { openPort } from './port.js';

/** What is tried with few rights. By name, because another process may have to run it. */
export const rightsProbes = {
  /** `socket(AF_XDP)` and `XDP_UMEM_REG` of 8 pages. */
  register(backend: Backend): void {
    const memory = backend.openMemory({ size: 8 * 4096, pages: '4k' });
    try {
      backend.openUmem(memory, { chunkSize: 4096, frameHeadroom: 0, unaligned: false });
    } finally {
      memory.close();
    }
  },

  /** All up to a bound socket, and a kick. */
  bind(backend: Backend, ifname: string): void {
    const port = openPort(backend, ifname, { chunkCount: 8 });
    try {
      port.socket.kick();
    } finally {
      port.memory.close();
    }
  },

  /** Loading and attaching a program. */
  attach(backend: Backend, ifname: string): void {
    const source = { kind: 'redirect' } as const;
    backend.openProgram({ ifname, attachMode: 'auto', maxQueues: 1, source }).close();
  },
} as const satisfies Record<string, (backend: Backend, ifname: string) => void>;

export type RightsProbe = keyof typeof rightsProbes;
