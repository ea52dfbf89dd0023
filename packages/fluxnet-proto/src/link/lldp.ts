/**
 * LLDP (IEEE 802.1AB, section 8.4): a frame is a list of these, the last one of type 0.
 *
 *    0                   1                   2                   3
 *    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *   |    Type     |     Length      |  Value, Length bytes
 *   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 */

export const LldpTlvType = {
  end: 0,
  chassisId: 1,
  portId: 2,
  timeToLive: 3,
  portDescription: 4,
  systemName: 5,
  systemDescription: 6,
  systemCapabilities: 7,
  managementAddress: 8,
  organizationSpecific: 127,
} as const;

/** The first byte of a chassis id. */
export const LldpChassisIdSubtype = { macAddress: 4, networkAddress: 5, interfaceName: 6 } as const;

/** The first byte of a port id. */
export const LldpPortIdSubtype = { macAddress: 3, networkAddress: 4, interfaceName: 5 } as const;

/** Goes over the TLVs of one frame: `over` their bytes, then `next` until it is false. */
export class LldpTlvs {
  readonly view: DataView;
  offset = 0;
  /** `LldpTlvType`. */
  type = -1;
  /** Of the value in bytes. */
  length = 0;
  /** Whether the rest did not fit: it was left out. */
  malformed = false;
  #next = 0;
  #end = 0;

  constructor(view: DataView) {
    this.view = view;
  }

  /** The TLVs are the bytes from `offset` to `end`, the extent of the network layer. */
  over(offset: number, end: number): this {
    this.#next = offset;
    this.#end = end;
    this.malformed = false;
    return this;
  }

  next(): boolean {
    const at = this.#next;
    if (at >= this.#end) return false;
    if (at + 2 > this.#end) return this.#stop();
    const head = this.view.getUint16(at);
    const length = head & 0x1ff;
    if (at + 2 + length > this.#end) return this.#stop();
    this.offset = at;
    this.type = head >>> 9;
    this.length = length;
    this.#next = this.type === LldpTlvType.end ? this.#end : at + 2 + length;
    return true;
  }

  #stop(): boolean {
    this.malformed = true;
    this.#next = this.#end;
    return false;
  }

  get valueOffset(): number {
    return this.offset + 2;
  }

  /** Of a chassis or port id: the first byte of the value, -1 where there is none. */
  get subtype(): number {
    return this.length > 0 ? this.view.getUint8(this.offset + 2) : -1;
  }
}
