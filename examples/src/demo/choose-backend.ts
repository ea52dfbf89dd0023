import { readFileSync } from 'node:fs';
import { kernelBackend } from 'fluxnet';

/** What making namespaces, opening sockets and attaching programs needs (capability.h). */
const NEEDED = { CAP_NET_ADMIN: 12, CAP_NET_RAW: 13, CAP_SYS_ADMIN: 21 } as const;

/**
 * Why the kernel cannot be used here: missing rights or the platform. Empty when it can.
 * Any other trouble is not a reason to take the simulator; it shows as an error later.
 */
export function whyNotKernel(): string {
  if (process.platform !== 'linux') return `AF_XDP needs Linux, this is ${process.platform}`;
  const missing = missingCapabilities(readFileSync('/proc/self/status', 'utf8'));
  if (missing.length > 0) return `this process lacks ${missing.join(', ')} (run it as root)`;
  if (!inInitialUserNamespace(readFileSync('/proc/self/uid_map', 'utf8'))) {
    return 'this is root of a user namespace, which may not load XDP programs';
  }
  const { supported, code, reason } = kernelBackend.capabilities();
  const missingHere = code === 'FLUX_PERMISSION' || code === 'FLUX_UNSUPPORTED_PLATFORM';
  return !supported && missingHere ? reason.split('\n')[0]! : '';
}

/** @param uidMap text of /proc/self/uid_map: all ids map to themselves, or it is another one */
export function inInitialUserNamespace(uidMap: string): boolean {
  return /^\s*0\s+0\s+4294967295\s*$/.test(uidMap);
}

/** @param status text of /proc/self/status */
export function missingCapabilities(status: string): string[] {
  const effective = BigInt(`0x${/^CapEff:\s*([0-9a-f]+)$/m.exec(status)?.[1] ?? '0'}`);
  return Object.entries(NEEDED)
    .filter(([, bit]) => ((effective >> BigInt(bit)) & 1n) === 0n)
    .map(([name]) => name);
}
