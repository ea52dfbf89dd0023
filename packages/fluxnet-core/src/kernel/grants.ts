import type { SpareSockets } from '../contract/sharing.js';
import type { UmemRegistration } from '../contract/umem.js';
import { errno } from '../errno.js';
import { FluxError } from '../errors.js';
import { invalid } from '../options.js';
import { enableBusyPoll, type OptionTarget } from '../socket-features.js';
import { type BusyPollOptions, checkBusyPoll } from '../xsk-options.js';
import { readIfindex } from './interface-facts.js';
import { KernelSpareSockets } from './kernel-spare-sockets.js';
import { KernelUmem } from './kernel-umem.js';
import { loadNative } from './load-native.js';
import type { Native } from './native.js';

// include/uapi/asm-generic/socket.h
const SOL_SOCKET = 1;
const SO_BINDTOIFINDEX = 62;

/**
 * Switches kernel busy polling on for sockets that another process will open queues with, which
 * needs CAP_NET_ADMIN here and none there: `Xsk.open` with the same `busyPoll` finds it done.
 * @throws {FluxError} `FLUX_PERMISSION`, `FLUX_UNSUPPORTED`, `FLUX_INVALID_OPTION`
 */
export function grantBusyPoll(
  target: SpareSockets | UmemRegistration,
  options: BusyPollOptions = {},
): void {
  for (const socket of socketsOf(loadNative(), target)) {
    enableBusyPoll(socket, checkBusyPoll(options));
  }
}

/**
 * Lets sockets that another process will open queues with be bound to one interface only
 * (`SO_BINDTOIFINDEX`). Undoing it needs CAP_NET_RAW.
 * @throws {FluxError} `FLUX_UNKNOWN_INTERFACE`, `FLUX_SYSCALL`
 */
export function confineToInterface(target: SpareSockets | UmemRegistration, ifname: string): void {
  const native = loadNative();
  const ifindex = readIfindex(native, ifname);
  for (const socket of socketsOf(native, target)) {
    const result = socket.setOption(SOL_SOCKET, SO_BINDTOIFINDEX, ifindex);
    if (result === 0) continue;
    const code = result === errno.EPERM ? 'FLUX_PERMISSION' : 'FLUX_SYSCALL';
    throw new FluxError(code, `could not confine a socket to ${ifname}`, {
      errno: result,
      syscall: 'setsockopt(SO_BINDTOIFINDEX)',
      hint: 'a socket that is confined already needs CAP_NET_RAW for another interface',
      context: { ifname },
    });
  }
}

function socketsOf(native: Native, target: SpareSockets | UmemRegistration): OptionTarget[] {
  return fdsOf(target).map((fd) => ({
    setOption: (level, name, value) => native.setXskOption(fd, level, name, value),
    getOption: () => errno.ENOPROTOOPT, // Whatever it is: it is set.
  }));
}

function fdsOf(target: SpareSockets | UmemRegistration): number[] {
  if (target instanceof KernelSpareSockets) {
    target.assertOpen();
    return target.handle.fds();
  }
  if (target instanceof KernelUmem) {
    target.assertOpen();
    const member = target.handle.member();
    if (member !== undefined) return [member.fd];
  }
  throw invalid('target', target, 'spare sockets or a registration of the kernel backend');
}
