/** Where the fields of an IPv6 header are: see ethernet-layout.ts. */

export const IPV6_VERSION = 0;
export const IPV6_PAYLOAD_LENGTH = 4;
export const IPV6_NEXT_HEADER = 6;
export const IPV6_HOP_LIMIT = 7;
export const IPV6_SRC_ADDRESS = 8;
export const IPV6_DST_ADDRESS = 24;
export const IPV6_HEADER_LENGTH = 40;
