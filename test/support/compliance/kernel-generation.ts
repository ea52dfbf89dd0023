import { kernelBackend } from 'fluxnet-core';
import {
  openPort,
  pending,
  pushTx,
  type TxGeneration,
  takeCompletions,
} from 'fluxnet-core/compliance';
import { makeVethPair } from '../kernel.js';

/** `options` bit of a TX descriptor: metadata is in front of the packet. */
const TX_METADATA = 2;

/** Asks the kernel: with an invalid descriptor, and with one that wants metadata it cannot have. */
export function probeGeneration(): TxGeneration {
  const { a, remove } = makeVethPair();
  const { memory, queue, socket } = openPort(kernelBackend, a);
  try {
    pushTx(socket.tx, { addr: 0, len: 0 });
    socket.kick();
    if (takeCompletions(queue.completion).length === 1) return 'C';
    pushTx(socket.tx, { addr: 0, len: 64, options: TX_METADATA });
    socket.kick();
    return pending(queue.completion) === 1 ? 'A' : 'B';
  } finally {
    memory.close();
    remove();
  }
}
