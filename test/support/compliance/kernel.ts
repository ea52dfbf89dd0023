import assert from 'node:assert/strict';
import { type AttachMode, kernelBackend } from 'fluxnet-core';
import type {
  ComplianceEnvironment,
  Machine,
  Pair,
  PairOptions,
  TxGeneration,
} from 'fluxnet-core/compliance';
import { held, ip, makeVethPair, requireIsolation } from '../kernel.js';
import { kernelSource } from './kernel-programs.js';

/** The running kernel, over veth devices. */
export function kernelEnvironment(attachMode: AttachMode): ComplianceEnvironment {
  return {
    name: attachMode === 'generic' ? 'veth-SKB' : 'veth-DRV',
    attachMode,
    lacks: {
      'grow-multi-buffer':
        'veth names no fragment size, so that packets of several buffers do not grow ' +
        '(bpf_xdp_frags_increase_tail, net/core/filter.c)',
    },
    start: () => new KernelMachine(),
  };
}

class KernelMachine implements Machine {
  readonly backend = kernelBackend;
  readonly generation: TxGeneration = 'C';
  readonly source = kernelSource;
  readonly #before = held();
  readonly #removals: (() => void)[] = [];

  addPair({ queueCount = 1, peerQueueCount = queueCount, mtu = 1500 }: PairOptions): Pair {
    const { a, b, remove } = makeVethPair(queueCount, peerQueueCount);
    const setMtu = (bytes: number) => {
      for (const end of [a, b]) ip(`link set ${end} mtu ${bytes}`);
    };
    const removeOnce = this.#once(remove);
    if (mtu !== 1500) setMtu(mtu);
    return {
      a,
      b,
      setUp: (ifname, up) => void ip(`link set ${ifname} ${up ? 'up' : 'down'}`),
      setMtu,
      remove: removeOnce,
    };
  }

  /** Its driver has no native XDP. */
  addPlainInterface(): string {
    requireIsolation();
    return 'lo';
  }

  complete<T>(work: Promise<T>): Promise<T> {
    return work;
  }

  end(): void {
    for (const remove of this.#removals) remove();
    assert.deepEqual(held(), this.#before, 'descriptors or mappings were left open');
  }

  #once(remove: () => void): () => void {
    let removed = false;
    const once = () => {
      if (!removed) remove();
      removed = true;
    };
    this.#removals.push(once);
    return once;
  }
}
