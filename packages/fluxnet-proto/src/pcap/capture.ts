/**
 * What a capture consists of, whichever its format: a classic pcap file reads as one section with
 * one interface.
 */

/** An option of a pcapng block that has no field of its own here. */
export interface CaptureOption {
  readonly code: number;
  /** In the byte order of its section. */
  readonly value: Uint8Array;
}

/** What every block may carry. */
export interface Annotated {
  readonly comments: readonly string[];
  readonly options: readonly CaptureOption[];
}

/** Seconds since 1970 and the rest of it. Finer than nanoseconds is rounded down. */
export interface CaptureTime {
  readonly seconds: number;
  readonly nanoseconds: number;
}

/** A file, or a part of one: interfaces are counted from 0 in each. */
export interface CaptureSection extends Annotated {
  readonly type: 'section';
  readonly format: 'pcap' | 'pcapng';
  readonly littleEndian: boolean;
  readonly hardware: string | undefined;
  readonly os: string | undefined;
  readonly application: string | undefined;
}

export interface CaptureInterface extends Annotated {
  readonly type: 'interface';
  readonly interfaceId: number;
  /** One of `LinkType`, or any other of the registry. */
  readonly linkType: number;
  /** Longer packets were cut to this; 0 for no limit. */
  readonly snapLength: number;
  /** As `if_tsresol`: 6 for microseconds, 9 for nanoseconds; with 0x80, a power of two. */
  readonly timestampResolution: number;
  /** Seconds to add to what packets say; `seconds` of a packet that was read has it already. */
  readonly timestampOffset: number;
  readonly name: string | undefined;
  readonly description: string | undefined;
  readonly os: string | undefined;
  /** Bytes of frame check sequence at the end of each packet, where the file says so. */
  readonly fcsLength: number | undefined;
}

export interface CapturePacket extends Annotated, CaptureTime {
  readonly type: 'packet';
  readonly interfaceId: number;
  /** Of its interface. */
  readonly linkType: number;
  /** False for a pcapng simple packet, which has no time: it reads as 0. */
  readonly hasTime: boolean;
  /** On the wire; `data` may be shorter. */
  readonly originalLength: number;
  /** What was captured: a part of a chunk that was pushed, not a copy, unless it straddles two. */
  readonly data: Uint8Array;
  /** As `epb_flags`: direction, link-layer errors. */
  readonly flags: number | undefined;
}

/** Counters of an interface. Those that the file has not are undefined; exact up to 2^53. */
export interface CaptureStatistics extends Annotated, CaptureTime {
  readonly type: 'statistics';
  readonly interfaceId: number;
  readonly received: number | undefined;
  readonly dropped: number | undefined;
  readonly filterAccepted: number | undefined;
  readonly osDropped: number | undefined;
  readonly delivered: number | undefined;
}

/** A pcapng block of another kind, where `unknownBlocks` is `keep`. */
export interface CaptureBlock {
  readonly type: 'block';
  readonly blockType: number;
  /** Without type and lengths, in the byte order of the section. */
  readonly body: Uint8Array;
  readonly littleEndian: boolean;
  /** False for a custom block that must not be copied to another file. */
  readonly copyable: boolean;
}

export type CaptureEvent =
  | CaptureSection
  | CaptureInterface
  | CapturePacket
  | CaptureStatistics
  | CaptureBlock;
