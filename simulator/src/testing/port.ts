import type { AttachMode, BindOptions, XdpFunction } from 'fluxnet-core';
import type { SimNetwork } from '../network/sim-network.js';

export const COPY: BindOptions = { copyMode: 'copy', needWakeup: true, multiBuffer: false };

export interface PortOptions {
  readonly queueId?: number;
  readonly chunkSize?: number;
  readonly chunks?: number;
  readonly headroom?: number;
  readonly fillRingSize?: number;
  readonly completionRingSize?: number;
  readonly rxRingSize?: number;
  readonly txRingSize?: number;
  readonly unaligned?: boolean;
  readonly txMetadataLength?: number;
  readonly txSoftwareChecksum?: boolean;
  readonly bind?: Partial<BindOptions>;
  /** `none`: no program. */
  readonly program?: AttachMode | 'none';
  /** The program is this function, not the redirect program. */
  readonly run?: XdpFunction;
}

/** Memory, registration, queue, socket and program of one port, bound and attached. */
export function openPort(net: SimNetwork, ifname: string, options: PortOptions = {}) {
  const { backend } = net;
  const { chunkSize = 2048, chunks = 64, headroom = 0, queueId = 0, program = 'native' } = options;
  const { fillRingSize = 64, completionRingSize = 64, rxRingSize = 64, txRingSize = 64 } = options;
  const { unaligned = false, txMetadataLength, txSoftwareChecksum } = options;
  const memory = backend.openMemory({ size: chunkSize * chunks, pages: 'auto' });
  const umem = backend.openUmem(memory, {
    chunkSize,
    frameHeadroom: headroom,
    unaligned,
    txMetadataLength,
    txSoftwareChecksum,
  });
  const queue = backend.openQueue(umem, { ifname, queueId, fillRingSize, completionRingSize });
  const socket = backend.openSocket(queue, { rxRingSize, txRingSize });
  socket.bind({ ...COPY, ...options.bind });
  const attached =
    program === 'none'
      ? undefined
      : backend.openProgram({
          ifname,
          attachMode: program,
          maxQueues: 8,
          source:
            options.run === undefined
              ? { kind: 'redirect' }
              : { kind: 'function', run: options.run },
        });
  attached?.setSocket(socket);
  return { memory, umem, queue, socket, program: attached };
}

/** A frame whose bytes follow from its length and number. */
export function frameOf(length: number, number = 0): Uint8Array {
  return Uint8Array.from({ length }, (_, i) => (i + number) & 0xff);
}
