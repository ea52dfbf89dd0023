import { errnoName, FluxError, type FluxErrorCode } from 'fluxnet-core';

/**
 * Calls that can be made to fail. `allocateTx` is an allocation inside the TX path: the descriptor
 * stays and the call ends with the error. `driverTx` is a driver without room (`NETDEV_TX_BUSY`):
 * the packet is put back and the call ends with EAGAIN, whatever the error.
 */
export const FAULTABLE_CALLS = [
  'openMemory',
  'openUmem',
  'openQueue',
  'openSocket',
  'openProgram',
  'bind',
  'setSocket',
  'kick',
  'wakeRx',
  'poll',
  'setOption',
  'getOption',
  'allocateTx',
  'driverTx',
] as const;

export type FaultableCall = (typeof FAULTABLE_CALLS)[number];

interface Plan {
  readonly code: number;
  skip: number;
  times: number;
}

/** Errors on command: the next calls of a kind fail, whatever they would have done. */
export class CallFaults {
  readonly #plans = new Map<FaultableCall, Plan[]>();
  /** Read on the hot path: is there any plan at all? */
  active = false;

  /** @param code negative errno; the calls after the first `after` fail, `times` of them */
  add(call: FaultableCall, code: number, times: number, after: number): void {
    const plans = this.#plans.get(call) ?? [];
    plans.push({ code, skip: after, times });
    this.#plans.set(call, plans);
    this.active = true;
  }

  clear(): void {
    this.#plans.clear();
    this.active = false;
  }

  /** The errno that this call has to fail with, or 0. */
  take(call: FaultableCall): number {
    if (!this.active) return 0;
    const plans = this.#plans.get(call);
    const plan = plans?.[0];
    if (plans === undefined || plan === undefined) return 0;
    if (plan.skip > 0) {
      plan.skip--;
      return 0;
    }
    plan.times--;
    if (plan.times <= 0) plans.shift();
    if (plans.length === 0) this.#plans.delete(call);
    this.active = this.#plans.size > 0;
    return plan.code;
  }

  /** The same for calls that throw. */
  check(call: FaultableCall, syscall: string): void {
    const code = this.take(call);
    if (code === 0) return;
    const fluxCode = CODES[errnoName(code)] ?? 'FLUX_SYSCALL';
    throw new FluxError(fluxCode, `${call} was made to fail`, {
      errno: code,
      syscall,
      hint: 'the test forced this error: net.failCalls',
      context: { call },
    });
  }
}

/** As the kernel backend reports them (fluxnet-core, kernel/system-error.ts). */
const CODES: Readonly<Record<string, FluxErrorCode>> = {
  EPERM: 'FLUX_PERMISSION',
  EACCES: 'FLUX_PERMISSION',
  ENODEV: 'FLUX_UNKNOWN_INTERFACE',
  ENXIO: 'FLUX_INTERFACE_REMOVED',
  ENETDOWN: 'FLUX_INTERFACE_DOWN',
  ENOMEM: 'FLUX_NO_MEMORY',
  EBUSY: 'FLUX_QUEUE_BUSY',
  EEXIST: 'FLUX_PROGRAM_CONFLICT',
  ENOBUFS: 'FLUX_MEMLOCK',
  EAFNOSUPPORT: 'FLUX_UNSUPPORTED_PLATFORM',
  EOPNOTSUPP: 'FLUX_UNSUPPORTED',
  EINVAL: 'FLUX_INVALID_OPTION',
};
