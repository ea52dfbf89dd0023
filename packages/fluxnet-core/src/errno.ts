/**
 * Linux errno values, negated as Node does. The simulator runs on systems whose own numbers
 * differ (EAGAIN is 35 on macOS), so the contract fixes these.
 */
export const errno = {
  EPERM: -1,
  ENOENT: -2,
  EINTR: -4,
  EIO: -5,
  ENXIO: -6,
  E2BIG: -7,
  EBADF: -9,
  EAGAIN: -11,
  ENOMEM: -12,
  EACCES: -13,
  EFAULT: -14,
  EBUSY: -16,
  EEXIST: -17,
  ENODEV: -19,
  ENOTDIR: -20,
  EINVAL: -22,
  ENFILE: -23,
  EMFILE: -24,
  ENOSPC: -28,
  EPIPE: -32,
  ERANGE: -34,
  ENAMETOOLONG: -36,
  ENOSYS: -38,
  ENOTSOCK: -88,
  EMSGSIZE: -90,
  EPROTOTYPE: -91,
  ENOPROTOOPT: -92,
  ESOCKTNOSUPPORT: -94,
  EOPNOTSUPP: -95,
  EAFNOSUPPORT: -97,
  EADDRINUSE: -98,
  ENETDOWN: -100,
  ECONNRESET: -104,
  ENOBUFS: -105,
  ENOTCONN: -107,
  ETOOMANYREFS: -109,
  ECONNREFUSED: -111,
} as const;

export type ErrnoName = keyof typeof errno;

const names = new Map<number, ErrnoName>(
  Object.entries(errno).map(([name, value]) => [value, name as ErrnoName]),
);

/** The name of a negative errno, or `errno 123` for one that is not in the table. */
export function errnoName(value: number): string {
  return names.get(value) ?? `errno ${-value}`;
}
