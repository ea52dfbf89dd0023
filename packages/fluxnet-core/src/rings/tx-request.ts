import { MAX_SECONDS } from './nanoseconds.js';

/**
 * What the kernel is asked to do with a packet, for `TxRing.setDescriptorWith`. One serves for any
 * number of packets: set once what is the same for all, and per packet what is not.
 */
export class TxRequest {
  #checksum = false;
  #checksumStart = 0;
  #checksumOffset = 0;
  #timestamp = false;
  #launchTime = false;
  #launchSeconds = 0;
  #launchNanoseconds = 0;

  /** Asks for nothing any more. */
  clear(): void {
    this.#checksum = false;
    this.#timestamp = false;
    this.#launchTime = false;
  }

  /**
   * A checksum over the bytes from `start` to the packet's end, as of TCP, UDP and ICMPv6. The
   * field holds the folded sum of the pseudo header beforehand, not inverted.
   * @param start bytes from the packet's beginning to the first that counts
   * @param offset bytes from `start` to the field, 6 for UDP, 16 for TCP
   * @throws {RangeError} when one of them is none of 0 to 65535
   */
  checksum(start: number, offset: number): void {
    check('checksum start', start, 0xffff);
    check('checksum offset', offset, 0xffff);
    this.#checksum = true;
    this.#checksumStart = start;
    this.#checksumOffset = offset;
  }

  /** The time at which the packet left, to be read with `TxMetadata.readTimestamp`. */
  timestamp(): void {
    this.#timestamp = true;
  }

  /**
   * The device holds the packet until this time of its own clock (PTP), and all behind it on the
   * queue. A device may have a horizon; see the kernel's xsk-tx-metadata.rst.
   * @throws {RangeError} when it is no time of 64 bits of nanoseconds
   */
  launchTime(seconds: number, nanoseconds: number): void {
    check('launch time, in seconds,', seconds, MAX_SECONDS);
    check('nanoseconds', nanoseconds, 999_999_999);
    this.#launchTime = true;
    this.#launchSeconds = seconds;
    this.#launchNanoseconds = nanoseconds;
  }

  get wantsChecksum(): boolean {
    return this.#checksum;
  }

  get checksumStart(): number {
    return this.#checksumStart;
  }

  get checksumOffset(): number {
    return this.#checksumOffset;
  }

  get wantsTimestamp(): boolean {
    return this.#timestamp;
  }

  get wantsLaunchTime(): boolean {
    return this.#launchTime;
  }

  get launchSeconds(): number {
    return this.#launchSeconds;
  }

  get launchNanoseconds(): number {
    return this.#launchNanoseconds;
  }
}

function check(what: string, value: number, max: number): void {
  if (Number.isInteger(value) && value >= 0 && value <= max) return;
  throw new RangeError(`${what} is ${value}, allowed: an integer from 0 to ${max}`);
}
