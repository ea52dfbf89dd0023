import { checkPacketFits, type Program, type Umem, Xsk } from 'fluxnet-core';
import type { PortOptions } from './options.js';
import { Port } from './port.js';
import type { Effective } from './stats.js';

/**
 * Opens the ports in order, with one program per interface, and sends them their frames. After a
 * failure nothing stays attached; the sockets are closed with the memory.
 */
export async function openPorts(umem: Umem, options: readonly PortOptions[]): Promise<Port[]> {
  // Half of the frames to receive into, half on their way out, in equal parts.
  const share = Math.max(1, Math.floor(umem.frames.frameCount / 2 / options.length));
  const programs = new Map<string, Program>();
  try {
    const ports: Port[] = [];
    for (const portOptions of options) {
      const xsk = await openSocket(umem, portOptions);
      const program = programs.get(portOptions.ifname) ?? openProgram(umem, portOptions);
      programs.set(portOptions.ifname, program);
      ports.push(new Port(ports.length, xsk, program, share));
    }
    for (const port of ports) {
      port.refill();
      port.program.setSocket(port.xsk.socket);
    }
    return ports;
  } catch (error) {
    for (const program of programs.values()) program.close();
    throw error;
  }
}

function openSocket(umem: Umem, options: PortOptions): Promise<Xsk> {
  const { attachMode, ...xskOptions } = options;
  checkPacketFits(umem, options.ifname, umem.backend.interfaceInfo(options.ifname).mtu);
  return Xsk.open(umem, xskOptions);
}

function openProgram(umem: Umem, { ifname, attachMode = 'auto' }: PortOptions): Program {
  const maxQueues = umem.backend.interfaceInfo(ifname).queueCount;
  return umem.backend.openProgram({ ifname, attachMode, maxQueues, source: { kind: 'redirect' } });
}

/** What the kernel chose where it was left to it. */
export function effectiveModes(umem: Umem, ports: readonly Port[]): Effective {
  const { backend, memory } = umem;
  return {
    backend: backend.name,
    pages: memory.pages,
    ports: ports.map(({ xsk, program }) => ({
      ifname: xsk.queue.ifname,
      queueId: xsk.queue.queueId,
      driver: backend.interfaceInfo(xsk.queue.ifname).driver,
      attachMode: program.attachMode,
      copyMode: xsk.effective.copyMode,
      txBudget: xsk.effective.txBudget,
      busyPoll: xsk.effective.busyPoll,
    })),
  };
}
