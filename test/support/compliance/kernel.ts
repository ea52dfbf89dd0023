import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { type AttachMode, kernelBackend } from 'fluxnet-core';
import type {
  ComplianceEnvironment,
  HostStack,
  Machine,
  Outcome,
  Pair,
  PairOptions,
  Rights,
  RightsProbe,
  TxGeneration,
} from 'fluxnet-core/compliance';
import { held, ip, makeVethPair, requireIsolation } from '../kernel.js';
import { probeGeneration } from './kernel-generation.js';
import { openHostStack } from './kernel-host-stack.js';
import { killHolder, probeAsUser, probeInUserNamespace } from './kernel-processes.js';
import { kernelSource } from './kernel-programs.js';

/** The running kernel, over veth devices. */
export function kernelEnvironment(attachMode: AttachMode): ComplianceEnvironment {
  return {
    name: attachMode === 'generic' ? 'veth-SKB' : 'veth-DRV',
    attachMode,
    lacks: {
      faults: 'the kernel cannot be told to fail',
      'grow-multi-buffer':
        'veth names no fragment size, so that packets of several buffers do not grow ' +
        '(bpf_xdp_frags_increase_tail, net/core/filter.c)',
    },
    start: () => new KernelMachine(),
  };
}

let generation: TxGeneration | undefined;

class KernelMachine implements Machine {
  readonly backend = kernelBackend;
  get generation(): TxGeneration {
    generation ??= probeGeneration();
    return generation;
  }

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

  withRights(rights: Rights, probe: RightsProbe, ifname: string): Outcome {
    return probeAsUser(rights, probe, ifname);
  }

  inUserNamespace(probe: RightsProbe, ifname: string): Outcome {
    return probeInUserNamespace(probe, ifname);
  }

  killHolder(ifname: string): Promise<void> {
    return killHolder(ifname);
  }

  setQueueCount(ifname: string, queueCount: number): boolean {
    const counts = ['rx', 'tx'].flatMap((kind) => [kind, String(queueCount)]);
    return spawnSync('ethtool', ['-L', ifname, ...counts]).status === 0;
  }

  hostStack(ifname: string): HostStack {
    return openHostStack(ifname);
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
