/**
 * Linux cooked capture (https://www.tcpdump.org/linktypes/LINKTYPE_LINUX_SLL.html).
 *
 *    0                   1                   2                   3
 *    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *   |          Packet Type          |          ARPHRD Type          |
 *   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *   |         Address Length        |            Address            |
 *   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *   |                      Address (continued)                      |
 *   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *   |      Address (continued)      |         Protocol Type         |
 *   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 */

export const SLL_PACKET_TYPE = 0;
export const SLL_ARPHRD_TYPE = 2;
export const SLL_ADDRESS_LENGTH = 4;
export const SLL_PROTOCOL_TYPE = 14;
export const SLL_HEADER_LENGTH = 16;

/** Who the packet was for, or where it came from. */
export const SllPacketType = {
  host: 0,
  broadcast: 1,
  multicast: 2,
  otherHost: 3,
  outgoing: 4,
} as const;

/** A view of an SLL header. `at` moves it; until then it is at 0. */
export class SllHeader {
  readonly view: DataView;
  offset = 0;

  constructor(view: DataView) {
    this.view = view;
  }

  at(offset: number): this {
    this.offset = offset;
    return this;
  }

  /** `SllPacketType`. */
  get packetType(): number {
    return this.view.getUint16(this.offset + SLL_PACKET_TYPE);
  }

  set packetType(value: number) {
    this.view.setUint16(this.offset + SLL_PACKET_TYPE, value);
  }

  get arphrdType(): number {
    return this.view.getUint16(this.offset + SLL_ARPHRD_TYPE);
  }

  set arphrdType(value: number) {
    this.view.setUint16(this.offset + SLL_ARPHRD_TYPE, value);
  }

  /** How many of the eight bytes at 6 are used. */
  get addressLength(): number {
    return this.view.getUint16(this.offset + SLL_ADDRESS_LENGTH);
  }

  set addressLength(value: number) {
    this.view.setUint16(this.offset + SLL_ADDRESS_LENGTH, value);
  }

  /** An EtherType, where the device uses those. */
  get protocolType(): number {
    return this.view.getUint16(this.offset + SLL_PROTOCOL_TYPE);
  }

  set protocolType(value: number) {
    this.view.setUint16(this.offset + SLL_PROTOCOL_TYPE, value);
  }
}
