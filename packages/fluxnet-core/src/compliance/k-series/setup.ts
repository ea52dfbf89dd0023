import type { Program } from '../../contract/program.js';
import type { Pair, PairOptions } from '../environment.js';
import type { Port, PortOptions } from '../port.js';
import type { TestProgram } from '../programs.js';
import type { Rig } from '../rig.js';
import { pushFill } from '../rings.js';

/** Frames and ring entries: what a batch of 64 packets of three frames needs. */
const DEFAULTS: PortOptions = {
  chunkCount: 256,
  fillRingSize: 256,
  completionRingSize: 256,
  rxRingSize: 256,
  txRingSize: 256,
};

export interface SetupOptions {
  readonly pair?: PairOptions;
  /** For both ports. */
  readonly ports?: PortOptions;
  readonly sender?: PortOptions;
  readonly receiver?: PortOptions;
  readonly program?: TestProgram;
  /** Added to the fill addresses of every second chunk. */
  readonly fillOffset?: number;
}

export interface Setup {
  readonly pair: Pair;
  readonly sender: Port;
  readonly receiver: Port;
  readonly program: Program;
}

/** As the kernel's tests: one side has a TX ring, the other an RX ring and all buffers. */
export function setup(rig: Rig, options: SetupOptions = {}): Setup {
  const pair = rig.pair(options.pair);
  const ports = { ...DEFAULTS, ...options.ports };
  const sender = rig.port(pair.a, { ...ports, rxRingSize: 0, ...options.sender });
  const receiver = rig.port(pair.b, { ...ports, txRingSize: 0, ...options.receiver });
  fillAll(receiver, options.fillOffset);
  return { pair, sender, receiver, program: rig.attach(receiver, options.program) };
}

/** Gives all chunks to the kernel, as many as the fill ring takes. */
export function fillAll({ queue, umem, memory }: Port, offset = 0): void {
  const chunks = Math.floor(memory.size / umem.chunkSize);
  for (let chunk = 0; chunk < Math.min(chunks, queue.fill.size); chunk++) {
    pushFill(queue.fill, chunk * umem.chunkSize + ((chunk & 1) === 1 ? offset : 0));
  }
}

/** Another socket on the port's queue. */
export function shareSocket(rig: Rig, port: Port, rings: { rx: number; tx: number }): Port {
  const sizes = { rxRingSize: rings.rx, txRingSize: rings.tx };
  const socket = rig.backend.openSocket(port.queue, sizes);
  socket.bind({ copyMode: 'auto', needWakeup: false, multiBuffer: false });
  return { ...port, socket };
}
