import { FluxError, type FramePool } from 'fluxnet-core';
import { MAX_FRAGMENTS, type PacketMemory, PacketTable } from '../packet/packet-table.js';
import { movePacket } from '../packet/packet-view.js';
import { OwnedPacket } from './owned-packet.js';

/** Free bytes that a packet made here has in front, where there is room. */
const HEADROOM = 256;

/** The packets that users keep: a table with one row for each that there may be. */
export class HeldPackets {
  readonly table: PacketTable;
  readonly #frames: FramePool;
  readonly #free: number[] = [];
  readonly #packets: (OwnedPacket | undefined)[];

  constructor(memory: PacketMemory, frames: FramePool, maxHeld: number, multiBuffer: boolean) {
    const perPacket = multiBuffer ? MAX_FRAGMENTS : 0;
    this.table = new PacketTable(memory, maxHeld, maxHeld * perPacket);
    this.table.fragmented = multiBuffer;
    this.#frames = frames;
    this.#packets = new Array<OwnedPacket | undefined>(maxHeld).fill(undefined);
    for (let row = maxHeld - 1; row >= 0; row--) {
      this.table.firstFragments[row] = row * perPacket;
      this.#free.push(row);
    }
  }

  get count(): number {
    return this.#packets.length - this.#free.length;
  }

  /** Frames of all packets that are held. */
  get frames(): number {
    const { table } = this;
    return this.#packets.reduce(
      (sum, packet, row) => sum + (packet === undefined ? 0 : table.fragmentCount(row)),
      0,
    );
  }

  /**
   * Takes over packet `i` of another table, which must not use it any more.
   * @throws {FluxError} `FLUX_TOO_MANY_HELD`
   */
  take(from: PacketTable, i: number): OwnedPacket {
    const row = this.#row();
    const to = this.table;
    const count = from.fragmentCount(i);
    to.offsets[row] = from.offsets[i]!;
    to.lengths[row] = from.lengths[i]!;
    to.fragmentCounts[row] = count;
    for (let fragment = 0; count > 1 && fragment < count; fragment++) {
      const at = to.firstFragments[row]! + fragment;
      to.fragmentOffsets[at] = from.fragmentOffset(i, fragment);
      to.fragmentLengths[at] = from.fragmentLength(i, fragment);
    }
    return this.#own(row, from.port);
  }

  /**
   * A packet of its own frame, whose bytes are whatever they were.
   * @returns undefined when no frame is free
   * @throws {FluxError} `FLUX_TOO_MANY_HELD`
   * @throws {RangeError} when a frame cannot hold it
   */
  allocate(length: number): OwnedPacket | undefined {
    const { table } = this;
    checkLength(table, length);
    const row = this.#row();
    const frame = this.#frames.take();
    if (frame < 0) {
      this.#free.push(row);
      return undefined;
    }
    table.offsets[row] = frame + packetOffset(table, length);
    table.lengths[row] = length;
    table.fragmentCounts[row] = 1;
    return this.#own(row, -1);
  }

  /** The row of a packet that is held here and nowhere else, or -1. */
  rowOf(packet: OwnedPacket): number {
    const row = packet.index;
    return this.#packets[row] === packet ? row : -1;
  }

  /** Gives the frames of a row back to the pool. */
  release(row: number): void {
    const { table } = this;
    const count = table.fragmentCount(row);
    for (let fragment = 0; fragment < count; fragment++) {
      this.#frames.give(table.fragmentOffset(row, fragment));
    }
    this.disown(row);
  }

  /** Ends a row whose frames somebody else has now. */
  disown(row: number): void {
    movePacket(this.#packets[row]!, -1);
    this.#packets[row] = undefined;
    this.#free.push(row);
  }

  #own(row: number, port: number): OwnedPacket {
    const packet = new OwnedPacket(this, port);
    movePacket(packet, row);
    this.#packets[row] = packet;
    return packet;
  }

  #row(): number {
    const row = this.#free.pop();
    if (row !== undefined) return row;
    const maxHeld = this.#packets.length;
    throw new FluxError('FLUX_TOO_MANY_HELD', `${maxHeld} packets are held already`, {
      hint: 'send or release() some, or open the system with a larger maxHeld',
      context: { maxHeld },
    });
  }
}

/** @throws {RangeError} when a packet of this length cannot lie in one frame */
export function checkLength(table: PacketTable, length: number): void {
  const most = table.chunkSize - table.reserved;
  if (Number.isInteger(length) && length >= 1 && length <= most) return;
  throw new RangeError(`a packet of ${length} bytes: a frame holds 1 to ${most}`);
}

/** Where a packet that is made here begins in its frame. */
export function packetOffset(table: PacketTable, length: number): number {
  return Math.max(table.reserved, Math.min(HEADROOM, table.chunkSize - length));
}
