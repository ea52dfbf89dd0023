import { errnoName } from './errno.js';

/** Every code, with what it means. `docs/errors.md` documents each; a test compares the two. */
export const errorCodes = {
  FLUX_INVALID_OPTION: 'an option has a value that is not allowed',
  FLUX_UNKNOWN_OPTION: 'an option key does not exist',
  FLUX_CLOSED: 'the object was closed',
  FLUX_UNSUPPORTED_PLATFORM: 'AF_XDP does not exist on this system',
  FLUX_NATIVE_MISSING: 'the native addon is not built for this system',
  FLUX_PERMISSION: 'the process lacks a right',
  FLUX_UNKNOWN_INTERFACE: 'no interface of that name',
  FLUX_QUEUE_OUT_OF_RANGE: 'the interface has no such queue',
  FLUX_QUEUE_BUSY: 'another socket holds the queue',
  FLUX_PROGRAM_CONFLICT: 'the interface already has an XDP program',
  FLUX_PROGRAM_REJECTED: 'the kernel refused to load the XDP program',
  FLUX_UNSUPPORTED: 'the kernel, the driver or the backend lacks what was asked for',
  FLUX_MEMLOCK: 'the limit for locked memory is too low',
  FLUX_NO_MEMORY: 'memory or huge pages cannot be had',
  FLUX_INTERFACE_DOWN: 'the interface is down',
  FLUX_INTERFACE_REMOVED: 'the interface is gone',
  FLUX_RING_CORRUPT: 'a ring or a descriptor breaks the protocol',
  FLUX_STEERING_CAPACITY: 'the rules or prefixes are more than the steering program was opened for',
  FLUX_NETLINK_MALFORMED: 'a netlink message breaks its format',
  FLUX_CAPTURE_MALFORMED: 'a pcap or pcapng file breaks its format',
  FLUX_CAPTURE_TRUNCATED: 'a pcap or pcapng file ends in the middle',
  FLUX_FILTER_SYNTAX: 'a filter expression cannot be understood',
  FLUX_HANDLER_FAILED: 'the packet handler threw',
  FLUX_PACKET_STALE: 'a packet was used after its time',
  FLUX_FRAME_MISUSE: 'a frame was used by somebody who does not own it',
  FLUX_TOO_MANY_HELD: 'as many packets are held as may be',
  FLUX_PEER_REFUSED: 'the process at the other end is not one that is accepted',
  FLUX_PEER_GONE: 'the process at the other end has closed the channel, or ended',
  FLUX_MESSAGE_MALFORMED: 'a message of another process breaks the format',
  FLUX_FOREIGN_DESCRIPTOR: 'a descriptor is not of the kind that it was passed as',
  FLUX_SYSCALL: 'a system call failed in a way that has no code of its own',
} as const;

export type FluxErrorCode = keyof typeof errorCodes;

export interface FluxErrorDetails {
  /** Negative, as in Node. */
  readonly errno?: number | undefined;
  readonly syscall?: string | undefined;
  /** The next command or change to make. */
  readonly hint?: string | undefined;
  readonly cause?: unknown;
  /** What was being done, to what: `{ ifname, queueId }`, `{ path, value }`, … */
  readonly context?: Readonly<Record<string, unknown>> | undefined;
}

/**
 * The one error class. Tell errors apart by `code`: the package exists as ESM and as CJS, so
 * `instanceof` fails between the two.
 */
export class FluxError extends Error {
  override readonly name = 'FluxError';
  readonly code: FluxErrorCode;
  readonly errno: number | undefined;
  readonly syscall: string | undefined;
  readonly hint: string | undefined;
  readonly context: Readonly<Record<string, unknown>>;

  constructor(code: FluxErrorCode, message: string, details: FluxErrorDetails = {}) {
    const { errno, syscall, hint } = details;
    const call = errno === undefined ? '' : ` (${syscall ?? 'call'}: ${errnoName(errno)})`;
    const advice = hint === undefined ? '' : `\n  hint: ${hint}`;
    super(
      `[${code}] ${message}${call}${advice}`,
      details.cause === undefined ? undefined : { cause: details.cause },
    );
    this.code = code;
    this.errno = errno;
    this.syscall = syscall;
    this.hint = hint;
    this.context = details.context ?? {};
  }
}

/** Is this an error of fluxnet, optionally with this code? Works across package copies. */
export function isFluxError(value: unknown, code?: FluxErrorCode): value is FluxError {
  if (!(value instanceof Error) || value.name !== 'FluxError') return false;
  const found = (value as { code?: unknown }).code;
  return code === undefined ? typeof found === 'string' && found in errorCodes : found === code;
}
