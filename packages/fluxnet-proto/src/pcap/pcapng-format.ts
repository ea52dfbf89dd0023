/** Numbers of the pcapng format (draft-ietf-opsawg-pcapng), for reader and writer. */

export const BlockType = {
  /** The same in both byte orders. */
  section: 0x0a0d0d0a,
  interface: 1,
  /** Obsolete, and still in old files. */
  packet: 2,
  simplePacket: 3,
  nameResolution: 4,
  statistics: 5,
  enhancedPacket: 6,
  decryptionSecrets: 10,
  custom: 0x0000_0bad,
  customNotCopied: 0x4000_0bad,
} as const;

export const BYTE_ORDER_MAGIC = 0x1a2b3c4d;
export const PCAPNG_MAJOR_VERSION = 1;

/** Type and total length before the body, the total length again behind it. */
export const BLOCK_HEADER_LENGTH = 8;
export const BLOCK_OVERHEAD = 12;

export const SectionOption = { hardware: 2, os: 3, application: 4 } as const;

export const InterfaceOption = {
  name: 2,
  description: 3,
  timestampResolution: 9,
  os: 12,
  fcsLength: 13,
  timestampOffset: 14,
} as const;

export const PacketOption = { flags: 2 } as const;

export const StatisticsOption = {
  received: 4,
  dropped: 5,
  filterAccepted: 6,
  osDropped: 7,
  delivered: 8,
} as const;
