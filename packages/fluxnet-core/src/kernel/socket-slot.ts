import { Resource } from '../resource.js';
import type { KernelSocket } from './kernel-socket.js';

/** A socket's place in the map: closed with the socket, or when another takes the place. */
export class SocketSlot extends Resource {
  readonly socket: KernelSocket;
  readonly #onClose: (slot: SocketSlot) => void;

  constructor(socket: KernelSocket, onClose: (slot: SocketSlot) => void) {
    super(socket);
    this.socket = socket;
    this.#onClose = onClose;
    this.opened();
  }

  protected override release(): void {
    this.#onClose(this);
  }
}
