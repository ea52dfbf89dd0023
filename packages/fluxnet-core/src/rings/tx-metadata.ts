import { DESC_CONTINUED, DESC_TX_METADATA } from '../contract/ring.js';
import type { UmemRegistration } from '../contract/umem.js';
import { internetChecksum } from './internet-checksum.js';
import { nanosecondsOf, secondsOf, writeTime } from './nanoseconds.js';
import type { TxRequest } from './tx-request.js';

/**
 * `sizeof(struct xsk_tx_metadata)` (include/uapi/linux/if_xdp.h, Linux 6.14), in front of a packet:
 *
 *   0               8              10              12          16               24
 *   | flags         | csum_start   | csum_offset   | -         | launch_time    | packet ...
 *                   | tx_timestamp, once it is sent            |
 */
export const TX_METADATA_LENGTH = 24;

const TIMESTAMP = 1 << 0; // XDP_TXMD_FLAGS_TIMESTAMP
const CHECKSUM = 1 << 1; // XDP_TXMD_FLAGS_CHECKSUM
const LAUNCH_TIME = 1 << 2; // XDP_TXMD_FLAGS_LAUNCH_TIME
const CHECKSUM_BYTES = 2;

/** What may be asked for with a packet, and who does it. */
export interface TxMetadataEffective {
  /**
   * `device`: the device, or in copy mode the kernel where the device cannot; veth leaves it
   * unfinished. `kernel`: the kernel, before the driver. `software`: fluxnet itself.
   */
  readonly checksum: 'device' | 'kernel' | 'software';
  readonly timestamp: boolean;
  readonly launchTime: boolean;
}

/**
 * Writes requests in front of packets, and reads what came back. Everything that the kernel checks
 * is checked before: Linux 6.18 keeps a packet with a bad request at the head of its TX ring for
 * ever, and completes it once more with every kick.
 */
export class TxMetadata {
  readonly effective: TxMetadataEffective;
  /** Bytes that must be free in front of every packet to send, with a request or without. */
  readonly length: number;
  /** Of the timestamp that was read last: seconds since 1970 (TAI). */
  seconds = 0;
  /** Of the timestamp that was read last: the part of a second. */
  nanoseconds = 0;
  readonly #view: DataView;
  readonly #size: number;
  readonly #chunkSize: number;
  readonly #unaligned: boolean;

  /** @param view of the whole memory */
  constructor(registration: UmemRegistration, view: DataView, effective: TxMetadataEffective) {
    this.effective = effective;
    this.length = registration.txMetadataLength;
    this.#view = view;
    this.#size = registration.memory.size;
    this.#chunkSize = registration.chunkSize;
    this.#unaligned = registration.unaligned;
  }

  /**
   * Can the kernel take this descriptor? (`xskq_cons_is_valid_desc`, net/xdp/xsk_queue.h)
   * @throws {RangeError} when not: also without a request the room for one must be there
   */
  checkRoom(address: number, length: number): void {
    const first = address - this.length;
    const room = this.#unaligned
      ? Math.min(this.#chunkSize, this.#size - first)
      : this.#chunkSize - (first & (this.#chunkSize - 1));
    if (
      (address | 0) === address &&
      (length | 0) === length &&
      first >= 0 &&
      first < this.#size &&
      length > 0 &&
      length + this.length <= room
    ) {
      return;
    }
    throw new RangeError(
      `a packet of ${length} bytes at ${address} does not lie in a frame of ${this.#chunkSize} ` +
        `with ${this.length} bytes of room in front`,
    );
  }

  /**
   * Writes the request in front of the packet, or does itself what it asks for.
   * @returns the `options` bit of the descriptor: `DESC_TX_METADATA`, or 0
   * @throws {RangeError} when the request cannot be met for this packet
   */
  write(address: number, length: number, options: number, request: TxRequest): number {
    this.checkRoom(address, length);
    const { wantsChecksum, wantsTimestamp, wantsLaunchTime } = request;
    if (wantsChecksum) this.#checkChecksum(length, options, request);
    if (wantsTimestamp) this.#checkTimestamp(address);
    if (wantsLaunchTime && !this.effective.launchTime) throw unavailable('launch time');
    let flags = (wantsTimestamp ? TIMESTAMP : 0) | (wantsLaunchTime ? LAUNCH_TIME : 0);
    if (wantsChecksum) {
      if (this.effective.checksum === 'software') this.#computeChecksum(address, length, request);
      else flags |= CHECKSUM;
    }
    if (flags === 0) return 0;
    const at = address - this.length;
    const view = this.#view;
    view.setUint32(at, flags, true);
    view.setUint32(at + 4, 0, true);
    view.setUint16(at + 8, wantsChecksum ? request.checksumStart : 0, true);
    view.setUint16(at + 10, wantsChecksum ? request.checksumOffset : 0, true);
    view.setUint32(at + 12, 0, true);
    writeTime(view, at + 16, request.launchSeconds, request.launchNanoseconds);
    return DESC_TX_METADATA;
  }

  /**
   * Reads when a completed packet left, into `seconds` and `nanoseconds`. Once: it is gone then.
   * Meaningful for packets whose request asked for it; of others the bytes in front are whatever
   * the frame held before.
   * @param address the packet's, as it was completed
   * @returns false when there is no timestamp
   */
  readTimestamp(address: number): boolean {
    const at = address - this.length;
    if (this.length === 0 || !(at >= 0 && address <= this.#view.byteLength)) return false;
    const view = this.#view;
    if ((view.getUint32(at, true) & TIMESTAMP) === 0) return false;
    const high = view.getUint32(at + 12, true);
    // Where the timestamp comes, a request has 0: less than 4.3 seconds after 1970 is none.
    if (high === 0) return false;
    const low = view.getUint32(at + 8, true);
    this.seconds = secondsOf(high, low);
    this.nanoseconds = nanosecondsOf(high, low);
    view.setUint32(at, 0, true);
    return true;
  }

  #checkChecksum(length: number, options: number, request: TxRequest): void {
    const { checksumStart, checksumOffset } = request;
    if (checksumStart + checksumOffset + CHECKSUM_BYTES > length) {
      throw new RangeError(
        `the checksum at ${checksumStart} + ${checksumOffset} is not in the ${length} bytes`,
      );
    }
    // Both look at one descriptor; the kernel does before it has seen the next ones.
    if ((options & DESC_CONTINUED) !== 0 && this.effective.checksum !== 'device') {
      throw new RangeError('a checksum in software needs the packet in one piece');
    }
  }

  #checkTimestamp(address: number): void {
    if (!this.effective.timestamp) throw unavailable('timestamp');
    // The completion has the lowest bit cleared (CompletionRing.address).
    if ((address & 1) !== 0) throw new RangeError(`a timestamp needs an even address: ${address}`);
  }

  #computeChecksum(address: number, length: number, request: TxRequest): void {
    const start = address + request.checksumStart;
    const sum = internetChecksum(this.#view, start, address + length);
    this.#view.setUint16(start + request.checksumOffset, sum);
  }
}

function unavailable(what: string): RangeError {
  return new RangeError(`no ${what} can be had on this socket: see effective.txMetadata`);
}
