import { checkPacketFits, type Program, type Umem, Xsk } from 'fluxnet-core';
import type { CheckedPort } from '../options/port-options.js';
import { PortQueue } from './port-queue.js';
import { type Frames, queueParts } from './queue-parts.js';

/** An open port: an interface with its program and one or more of its queues. */
export interface Port {
  readonly index: number;
  readonly ifname: string;
  readonly program: Program;
  /** One per queue, in the order of its options. */
  readonly xsks: readonly Xsk[];
  readonly queues: readonly PortQueue[];
}

/**
 * Opens the ports in order, and sends them their frames. After a failure nothing stays attached;
 * the sockets are closed with the memory.
 */
export async function openPorts(
  umem: Umem,
  frames: Frames,
  options: readonly CheckedPort[],
): Promise<Port[]> {
  const queueCount = options.reduce((sum, { queueIds }) => sum + queueIds.length, 0);
  // Half of the frames to receive into, half on their way out, in equal parts.
  const share = Math.max(1, Math.floor(umem.frames.frameCount / 2 / queueCount));
  const ports: Port[] = [];
  try {
    for (const portOptions of options) {
      const xsks = await openSockets(umem, portOptions);
      const index = ports.length;
      const queues = xsks.map((xsk) => new PortQueue(index, queueParts(xsk, frames), share));
      const { ifname } = portOptions.xsk;
      ports.push({ index, ifname, program: openProgram(umem, portOptions), xsks, queues });
    }
    connect(ports);
    for (const { queues, program } of ports) {
      for (const queue of queues) {
        queue.refill();
        program.setSocket(queue.parts.socket);
      }
    }
    return ports;
  } catch (error) {
    for (const { program } of ports) program.close();
    throw error;
  }
}

export async function openSockets(umem: Umem, { queueIds, xsk }: CheckedPort): Promise<Xsk[]> {
  if (xsk.multiBuffer !== true) {
    checkPacketFits(umem, xsk.ifname, umem.backend.interfaceInfo(xsk.ifname).mtu);
  }
  const xsks: Xsk[] = [];
  for (const queueId of queueIds) xsks.push(await Xsk.open(umem, { ...xsk, queueId }));
  return xsks;
}

export function openProgram(umem: Umem, { xsk: { ifname }, attachMode }: CheckedPort): Program {
  const maxQueues = umem.backend.interfaceInfo(ifname).queueCount;
  return umem.backend.openProgram({ ifname, attachMode, maxQueues, source: { kind: 'redirect' } });
}

/** A packet leaves by the queue that has the same place in its port, as far as there are any. */
function connect(ports: readonly Port[]): void {
  for (const { queues } of ports) {
    queues.forEach((queue, place) => {
      queue.egress = ports.map((port) => port.queues[place % port.queues.length]!);
    });
  }
}
