/**
 * Linux cooked capture v2 (https://www.tcpdump.org/linktypes/LINKTYPE_LINUX_SLL2.html).
 *
 *    0                   1                   2                   3
 *    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *   |         Protocol Type         |            Reserved           |
 *   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *   |                        Interface Index                        |
 *   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *   |          ARPHRD Type          |  Packet Type  |  Addr. Length |
 *   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *   |                            Address                            |
 *   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *   |                      Address (continued)                      |
 *   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 */

export const SLL2_PROTOCOL_TYPE = 0;
export const SLL2_INTERFACE_INDEX = 4;
export const SLL2_ARPHRD_TYPE = 8;
export const SLL2_PACKET_TYPE = 10;
export const SLL2_ADDRESS_LENGTH = 11;
export const SLL2_HEADER_LENGTH = 20;

/** A view of an SLL2 header. `at` moves it; until then it is at 0. */
export class Sll2Header {
  readonly view: DataView;
  offset = 0;

  constructor(view: DataView) {
    this.view = view;
  }

  at(offset: number): this {
    this.offset = offset;
    return this;
  }

  /** An EtherType, where the device uses those. */
  get protocolType(): number {
    return this.view.getUint16(this.offset + SLL2_PROTOCOL_TYPE);
  }

  set protocolType(value: number) {
    this.view.setUint16(this.offset + SLL2_PROTOCOL_TYPE, value);
  }

  get interfaceIndex(): number {
    return this.view.getUint32(this.offset + SLL2_INTERFACE_INDEX);
  }

  set interfaceIndex(value: number) {
    this.view.setUint32(this.offset + SLL2_INTERFACE_INDEX, value);
  }

  get arphrdType(): number {
    return this.view.getUint16(this.offset + SLL2_ARPHRD_TYPE);
  }

  set arphrdType(value: number) {
    this.view.setUint16(this.offset + SLL2_ARPHRD_TYPE, value);
  }

  /** `SllPacketType`. */
  get packetType(): number {
    return this.view.getUint8(this.offset + SLL2_PACKET_TYPE);
  }

  set packetType(value: number) {
    this.view.setUint8(this.offset + SLL2_PACKET_TYPE, value);
  }

  /** How many of the eight bytes at 12 are used. */
  get addressLength(): number {
    return this.view.getUint8(this.offset + SLL2_ADDRESS_LENGTH);
  }

  set addressLength(value: number) {
    this.view.setUint8(this.offset + SLL2_ADDRESS_LENGTH, value);
  }
}
