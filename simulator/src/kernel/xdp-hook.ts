import type { NetDevice } from './net-device.js';
import type { SimProgram } from './program.js';
import { deliverToSocket } from './rx-path.js';
import type { SimSocket } from './socket.js';
import { XdpBuffer } from './xdp-buffer.js';
import type { ZeroCopyQueue } from './zero-copy-queue.js';

/** Where a device's program decides on a frame, and what follows from it. */
export class XdpHook {
  readonly #device: NetDevice;
  /** For functions; one frame at a time. */
  readonly #buffer = new XdpBuffer();

  constructor(device: NetDevice) {
    this.#device = device;
  }

  /** @param zeroCopy the driver's half of the queue, in zero-copy mode */
  run(
    bytes: Uint8Array,
    offset: number,
    length: number,
    queueId: number,
    zeroCopy: ZeroCopyQueue | undefined,
  ): void {
    const device = this.#device;
    const { program } = device;
    // A frame of a queue that the interface does not have here is not the driver's program's.
    const isNative = program?.attachMode === 'native';
    if (program === undefined || (isNative && queueId >= device.queueCount)) {
      device.toHost(bytes, offset, length, queueId);
    } else if (program.run === undefined) {
      const socket = program.redirect(queueId);
      if (socket === undefined) device.toHost(bytes, offset, length, queueId);
      else this.#toSocket(socket, program, bytes, offset, length, 0, queueId, zeroCopy);
    } else {
      this.#buffer.load(bytes, offset, length);
      this.#runFunction(program, queueId, zeroCopy);
    }
  }

  #runFunction(program: SimProgram, queueId: number, zeroCopy: ZeroCopyQueue | undefined): void {
    const device = this.#device;
    const buffer = this.#buffer;
    const verdict = program.decide(buffer, queueId);
    const { bytes, offset, length, metadataLength } = buffer;
    if (verdict === 'pass') {
      device.toHost(bytes, offset, length, queueId);
    } else if (verdict === 'tx') {
      device.transmit(bytes, offset, length, queueId);
    } else {
      const redirected = verdict === 'redirect';
      const socket = redirected ? program.socketAt(buffer.redirectIndex) : undefined;
      if (socket === undefined) device.counters.programDropped++;
      else
        this.#toSocket(socket, program, bytes, offset, length, metadataLength, queueId, zeroCopy);
    }
  }

  #toSocket(
    socket: SimSocket,
    program: SimProgram,
    bytes: Uint8Array,
    offset: number,
    length: number,
    metadataLength: number,
    queueId: number,
    zeroCopy: ZeroCopyQueue | undefined,
  ): void {
    const device = this.#device;
    if (zeroCopy === undefined) {
      const generic = program.attachMode === 'generic';
      deliverToSocket(socket, device, queueId, bytes, offset, length, metadataLength, generic);
    } else if (socket.bound && socket.queue.device === device && socket.queue.queueId === queueId) {
      zeroCopy.deliver(socket, bytes, offset, length, metadataLength);
    }
  }
}
