import type { Backend } from '../contract/backend.js';
import { openPort } from './port.js';
import { SO_BUSY_POLL, SO_BUSY_POLL_BUDGET, SO_PREFER_BUSY_POLL, SOL_SOCKET } from './uapi.js';

type Probe = (backend: Backend, ifname: string) => number | undefined;

/** Pages that `register` registers. */
export const PROBE_PAGES = 8;

/** What is tried with few rights. By name, because another process may have to run it. */
export const rightsProbes = {
  /** `socket(AF_XDP)` and `XDP_UMEM_REG`. */
  register(backend) {
    const memory = backend.openMemory({ size: PROBE_PAGES * 4096, pages: '4k' });
    try {
      backend.openUmem(memory, { chunkSize: 4096, frameHeadroom: 0, unaligned: false });
    } finally {
      memory.close();
    }
    return undefined;
  },

  /** All up to a bound socket, its statistics, and a kick. */
  bind: (backend, ifname) =>
    onPort(backend, ifname, ({ socket }) => {
      socket.statistics();
      socket.kick();
      return undefined;
    }),

  /** Loading and attaching a program. */
  attach(backend, ifname) {
    const source = { kind: 'redirect' } as const;
    backend.openProgram({ ifname, attachMode: 'auto', maxQueues: 1, source }).close();
    return undefined;
  },

  preferBusyPoll: (backend, ifname) =>
    onPort(backend, ifname, ({ socket }) => socket.setOption(SOL_SOCKET, SO_PREFER_BUSY_POLL, 1)),

  busyPollTime: (backend, ifname) =>
    onPort(backend, ifname, ({ socket }) => socket.setOption(SOL_SOCKET, SO_BUSY_POLL, 20)),

  busyPollBudget: (backend, ifname) =>
    onPort(backend, ifname, ({ socket }) => socket.setOption(SOL_SOCKET, SO_BUSY_POLL_BUDGET, 64)),

  busyPollBudgetTooLarge: (backend, ifname) =>
    onPort(backend, ifname, ({ socket }) =>
      socket.setOption(SOL_SOCKET, SO_BUSY_POLL_BUDGET, 65536),
    ),
} as const satisfies Record<string, Probe>;

export type RightsProbe = keyof typeof rightsProbes;

function onPort(
  backend: Backend,
  ifname: string,
  probe: (port: ReturnType<typeof openPort>) => number | undefined,
): number | undefined {
  const port = openPort(backend, ifname, { chunkCount: PROBE_PAGES });
  try {
    return probe(port);
  } finally {
    port.memory.close();
  }
}
