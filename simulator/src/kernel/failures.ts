import { errno, FluxError } from 'fluxnet-core';

/** EINVAL of a system call, told as the option that caused it. */
export function invalidOption(
  path: string,
  value: unknown,
  allowed: string,
  syscall?: string,
): FluxError {
  return new FluxError('FLUX_INVALID_OPTION', `${path} is ${String(value)}; allowed: ${allowed}`, {
    errno: syscall === undefined ? undefined : errno.EINVAL,
    syscall,
    hint: `set ${path} to ${allowed}`,
    context: { path, value, allowed },
  });
}

/** An option of the contract that this simulator does not model: refused, never ignored. */
export function notModelled(option: string, value: unknown): FluxError {
  return new FluxError('FLUX_UNSUPPORTED', `the simulator does not model ${option}: ${value}`, {
    errno: errno.EOPNOTSUPP,
    hint: 'leave the option out, or use the kernel backend',
    context: { option, value },
  });
}

export function foreignObject(what: string): FluxError {
  return new FluxError('FLUX_INVALID_OPTION', `the ${what} was not opened by this backend`, {
    hint: `open the ${what} on the backend that it is used with`,
    context: { path: what },
  });
}
