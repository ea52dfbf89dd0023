import { type Backend, kernelBackend } from 'fluxnet-core';
import { SimNetwork } from 'fluxnet-simulator';
import { hasKernel, makeVethPair } from '../../../../test/support/kernel.js';

/** A veth pair on one of the kernels, and its time. */
export interface World {
  readonly backend: Backend;
  readonly a: string;
  readonly b: string;
  /** Lets time pass until the promise is settled. */
  until<T>(promise: Promise<T>): Promise<T>;
  close(): void;
}

export interface WorldKind {
  /** Contains `[kernel]` where it needs one. */
  readonly name: string;
  readonly available: boolean;
  open(options?: { readonly queueCount?: number }): World;
}

const simulator: WorldKind = {
  name: 'simulator',
  available: true,
  open: ({ queueCount = 1 } = {}) => {
    const net = new SimNetwork();
    net.addVethPair('a', 'b', { queueCount });
    return {
      backend: net.backend,
      a: 'a',
      b: 'b',
      until: async (promise) => {
        let settled = false;
        const end = () => {
          settled = true;
        };
        promise.then(end, end);
        if (!(await net.runUntil(() => settled, { limitMs: 60_000 }))) {
          throw new Error('nothing happened in a minute of virtual time');
        }
        return promise;
      },
      close: () => {},
    };
  },
};

const kernel: WorldKind = {
  name: '[kernel] veth',
  available: hasKernel,
  open: ({ queueCount = 1 } = {}) => {
    const { a, b, remove } = makeVethPair(queueCount);
    return { backend: kernelBackend, a, b, until: (promise) => promise, close: remove };
  },
};

/** The same program has to run on both. */
export const worlds: readonly WorldKind[] = [simulator, kernel];
