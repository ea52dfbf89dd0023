/**
 * IGMP: version 1 (RFC 1112), 2 (RFC 2236), and the beginning of version 3 (RFC 3376).
 *
 *    0                   1                   2                   3
 *    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *   |      Type     | Max Resp Code |            Checksum           |
 *   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *   |                         Group Address                         |
 *   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *   |  Resv |S| QRV |      QQIC     |     Number of Sources (N)     |
 *   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *   |                    Source Address, N times                    |
 *   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 */

export const IGMP_TYPE = 0;
export const IGMP_MAX_RESP_CODE = 1;
export const IGMP_CHECKSUM = 2;
export const IGMP_GROUP_ADDRESS = 4;
export const IGMP_GROUP_RECORD_COUNT = 6;
export const IGMP_S_QRV = 8;
export const IGMP_QQIC = 9;
export const IGMP_SOURCE_COUNT = 10;
export const IGMP_HEADER_LENGTH = 8;
/** Of a version 3 query, in front of its sources. */
export const IGMPV3_QUERY_LENGTH = 12;

export const IgmpType = {
  membershipQuery: 0x11,
  membershipReportV1: 0x12,
  membershipReportV2: 0x16,
  leaveGroup: 0x17,
  membershipReportV3: 0x22,
} as const;

/** A view of an IGMP message. `at` moves it; until then it is at 0. */
export class IgmpHeader {
  readonly view: DataView;
  offset = 0;

  constructor(view: DataView) {
    this.view = view;
  }

  at(offset: number): this {
    this.offset = offset;
    return this;
  }

  /** `IgmpType`. */
  get type(): number {
    return this.view.getUint8(this.offset + IGMP_TYPE);
  }

  set type(value: number) {
    this.view.setUint8(this.offset + IGMP_TYPE, value);
  }

  /** In units of 1/10 s below 128. Version 1 has 0 here. */
  get maxRespCode(): number {
    return this.view.getUint8(this.offset + IGMP_MAX_RESP_CODE);
  }

  set maxRespCode(value: number) {
    this.view.setUint8(this.offset + IGMP_MAX_RESP_CODE, value);
  }

  get checksum(): number {
    return this.view.getUint16(this.offset + IGMP_CHECKSUM);
  }

  set checksum(value: number) {
    this.view.setUint16(this.offset + IGMP_CHECKSUM, value);
  }

  /** Not in a version 3 report. */
  get groupAddress(): number {
    return this.view.getUint32(this.offset + IGMP_GROUP_ADDRESS);
  }

  set groupAddress(value: number) {
    this.view.setUint32(this.offset + IGMP_GROUP_ADDRESS, value);
  }

  /** The S flag of a version 3 query. */
  get suppressRouterProcessing(): boolean {
    return (this.view.getUint8(this.offset + IGMP_S_QRV) & 0x08) !== 0;
  }

  set suppressRouterProcessing(value: boolean) {
    const at = this.offset + IGMP_S_QRV;
    const others = this.view.getUint8(at) & 0xf7;
    this.view.setUint8(at, value ? others | 0x08 : others);
  }

  /** Querier's robustness variable of a version 3 query. */
  get qrv(): number {
    return this.view.getUint8(this.offset + IGMP_S_QRV) & 7;
  }

  set qrv(value: number) {
    const at = this.offset + IGMP_S_QRV;
    this.view.setUint8(at, (this.view.getUint8(at) & 0xf8) | (value & 7));
  }

  /** Querier's query interval code of a version 3 query. */
  get qqic(): number {
    return this.view.getUint8(this.offset + IGMP_QQIC);
  }

  set qqic(value: number) {
    this.view.setUint8(this.offset + IGMP_QQIC, value);
  }

  /** Number of sources of a version 3 query. */
  get sourceCount(): number {
    return this.view.getUint16(this.offset + IGMP_SOURCE_COUNT);
  }

  set sourceCount(value: number) {
    this.view.setUint16(this.offset + IGMP_SOURCE_COUNT, value);
  }

  /** Number of group records of a version 3 report. */
  get groupRecordCount(): number {
    return this.view.getUint16(this.offset + IGMP_GROUP_RECORD_COUNT);
  }
}
