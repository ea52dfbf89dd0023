import type { AttachMode } from '../contract/program.js';
import type { Answer } from './system-error.js';

/** How drivers say that a mode cannot be had: the errno, and what it most likely means. */
export function attachRefusals(ifname: string, mode: AttachMode): Record<string, Answer> {
  const because = (hint: string): Answer => ({
    code: 'FLUX_UNSUPPORTED',
    hint: mode === 'native' ? `${hint}; or use attachMode: 'auto'` : hint,
  });
  return {
    EOPNOTSUPP: because(`the driver of ${ifname} has no ${mode} XDP`),
    EINVAL: because(
      `${ifname} refuses ${mode} XDP as it is set up: see dmesg, ethtool -k ${ifname}`,
    ),
    ERANGE: because(`the MTU is too large for this program: ip link set ${ifname} mtu 1500`),
    ENOSPC: because(
      `${ifname} has fewer RX queues than its peer has TX queues: ethtool -L ${ifname}`,
    ),
    ENOTCONN: because(`${ifname} has no peer`),
    // ixgbe and others: fewer queues for XDP than CPUs.
    ...(mode === 'native' && {
      ENOMEM: because(`${ifname} lacks memory or queues for native XDP`),
    }),
  };
}
