import assert from 'node:assert/strict';
import { DESC_CONTINUED } from '../../contract/ring.js';
import type { Port } from '../port.js';
import type { Rig } from '../rig.js';
import { type Descriptor, pending, pushTx, takeCompletions } from '../rings.js';
import { packetBytes } from './packet.js';
import { Receiver } from './receiver.js';

/** What a stream sends, and what of it arrives. Numbers are those of the packets, from 0. */
export interface StreamOptions {
  /** Default 4096. */
  readonly count?: number;
  /** Bytes of a packet. Default 64. */
  readonly length?: number | ((number: number) => number);
  /** Packets between two looks at the rings. Default 64. */
  readonly batch?: number;
  /** Added to the address of a packet's first frame, where chunks are unaligned. */
  readonly offset?: (number: number) => number;
  /** Does the packet arrive? Default: all do. */
  readonly arrives?: (number: number) => boolean;
  /** Bytes that the program adds or takes away at the end. */
  readonly tailDelta?: number;
  /** Looks at a packet that arrived. */
  readonly inspect?: (number: number, addr: number) => void;
  /** Which of several sockets sends: goes into the addresses. */
  readonly socket?: number;
  /** Instead of kicking until the TX ring is empty. */
  readonly transmit?: (sender: Port) => void;
  /** Before every look at the RX ring. */
  readonly awaitRx?: () => void;
}

/**
 * Sends a stream in batches, each complete before the next: every packet that should arrive does,
 * once, in order, with its bytes, where it belongs, and every descriptor is completed.
 */
export async function stream(
  rig: Rig,
  sender: Port,
  receiving: Port,
  options: StreamOptions = {},
): Promise<void> {
  const { count = 4096, batch = 64 } = options;
  const receiver = new Receiver(rig, receiving, options);
  for (let first = 0; first < count; first += batch) {
    const numbers = Array.from({ length: Math.min(batch, count - first) }, (_, i) => first + i);
    await sendBatch(rig, sender, numbers, options);
    await receiver.take(numbers.filter((number) => options.arrives?.(number) ?? true));
  }
  await rig.sleep(1);
  assert.equal(pending(receiving.socket.rx!), 0, 'nothing is left over');
}

export function lengthOf(number: number, { length = 64 }: StreamOptions): number {
  return typeof length === 'number' ? length : length(number);
}

async function sendBatch(
  rig: Rig,
  sender: Port,
  numbers: readonly number[],
  options: StreamOptions,
): Promise<void> {
  const invalid = sender.socket.statistics().txInvalidDescs;
  let frame = 0;
  let descriptors = 0;
  for (const number of numbers) {
    const pieces = writePacket(sender, frame, number, options);
    pushTx(sender.socket.tx, ...pieces);
    frame += pieces.length;
    descriptors += pieces.length;
  }
  (options.transmit ?? kickUntilEmpty)(sender);
  const refused = sender.socket.statistics().txInvalidDescs - invalid;
  const outstanding = rig.machine.generation === 'C' ? descriptors : descriptors - refused;
  const { completion } = sender.queue;
  await rig.until('all completions', () => pending(completion) >= outstanding);
  assert.equal(takeCompletions(completion).length, outstanding, 'completions');
}

/** Writes a packet from a frame on, in as many frames as it needs. */
function writePacket(sender: Port, frame: number, number: number, options: StreamOptions) {
  const { umem, bytes, memory } = sender;
  const packet = packetBytes(number, lengthOf(number, options), options.socket);
  const base = frame * umem.chunkSize + (options.offset?.(number) ?? 0);
  const pieces: Descriptor[] = [];
  // What is too long for a frame and not to be cut is invalid, whatever its bytes.
  if (options.arrives?.(number) === false && packet.length > umem.chunkSize) {
    return [{ addr: base, len: packet.length }];
  }
  for (let done = 0; done < packet.length; done += umem.chunkSize) {
    const len = Math.min(umem.chunkSize, packet.length - done);
    const last = done + len === packet.length;
    assert(base + done + len <= memory.size, 'the batch fits into the memory');
    bytes.set(packet.subarray(done, done + len), base + done);
    pieces.push({ addr: base + done, len, options: last ? 0 : DESC_CONTINUED });
  }
  return pieces;
}

/** EAGAIN: the budget is used up. An invalid descriptor ends a call with 0, so that it takes one more. */
export function kickUntilEmpty({ socket }: Port): void {
  const empty = () => socket.statistics().txRingEmptyDescs;
  for (const before = empty(); empty() === before; ) {
    const result = socket.kick();
    assert(result === 0 || result === -11, `kick: ${result}`);
  }
}
