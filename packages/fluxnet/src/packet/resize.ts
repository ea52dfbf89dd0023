import type { PacketTable } from './packet-table.js';

/** Bytes in front of packet `i` in its frame that headers may take. */
export function headroom(table: PacketTable, i: number): number {
  const offset = table.offsets[i]!;
  return offset - table.frameOf(offset) - table.reserved;
}

/** Bytes behind packet `i` in its last frame. */
export function tailroom(table: PacketTable, i: number): number {
  const last = table.fragmentCount(i) - 1;
  const offset = table.fragmentOffset(i, last);
  return table.frameOf(offset) + table.chunkSize - offset - table.fragmentLength(i, last);
}

/**
 * Moves the beginning of packet `i`, as `bpf_xdp_adjust_head` does: forward over bytes that are to
 * go, or back over the headroom. The frame stays the same, which is how it finds its way home.
 * @returns false, and nothing changed, where there is no such room
 */
export function adjustHead(table: PacketTable, i: number, delta: number): boolean {
  const head = table.fragmentLength(i, 0);
  // Written so that NaN, and a packet that is gone, fail it too.
  const fits = Number.isInteger(delta) && delta < head && -delta <= headroom(table, i);
  if (!fits) return false;
  if (table.fragmentCount(i) > 1) {
    const first = table.firstFragments[i]!;
    table.fragmentOffsets[first]! += delta;
    table.fragmentLengths[first]! -= delta;
  }
  table.offsets[i]! += delta;
  table.lengths[i]! -= delta;
  return true;
}

/**
 * Makes packet `i` longer or shorter at its end, within its last frame. Bytes that are new hold
 * what was there before.
 * @returns false, and nothing changed, where the length is not possible
 */
export function setLength(table: PacketTable, i: number, length: number): boolean {
  const last = table.fragmentCount(i) - 1;
  const delta = length - table.lengths[i]!;
  const fragment = table.fragmentLength(i, last) + delta;
  const fits = Number.isInteger(length) && fragment >= 1 && delta <= tailroom(table, i);
  if (!fits) return false;
  if (last > 0) table.fragmentLengths[table.firstFragments[i]! + last] = fragment;
  table.lengths[i] = length;
  return true;
}

/** Copies packet `i`, all of its fragments one behind the other, and returns its length. */
export function copyPacket(table: PacketTable, i: number, into: Uint8Array, at: number): number {
  const count = table.fragmentCount(i);
  for (let fragment = 0, to = at; fragment < count; fragment++) {
    const offset = table.fragmentOffset(i, fragment);
    const length = table.fragmentLength(i, fragment);
    into.set(table.data.subarray(offset, offset + length), to);
    to += length;
  }
  return table.lengths[i]!;
}
