import { type AttachMode, isFluxError, type ProgramSource } from 'fluxnet-core';
import {
  type ComplianceEnvironment,
  type FailingCall,
  type Machine,
  type Outcome,
  outcomeOf,
  type Pair,
  type PairOptions,
  type Rights,
  type RightsProbe,
  rightsProbes,
  type TestProgram,
  type TxGeneration,
} from 'fluxnet-core/compliance';
import { SimNetwork } from 'fluxnet-simulator';
import { simulatedProgram } from './simulator-programs.js';

/** Virtual time that is enough for whatever a case waits for. */
const LIMIT_MS = 60_000;

const CAPABILITIES = {
  net_raw: 'CAP_NET_RAW',
  net_admin: 'CAP_NET_ADMIN',
  bpf: 'CAP_BPF',
  ipc_lock: 'CAP_IPC_LOCK',
} as const;

export function simulatorEnvironment(
  generation: 'A' | 'C',
  attachMode: AttachMode = 'native',
): ComplianceEnvironment {
  return {
    name: `sim-${generation}${attachMode === 'generic' ? '-SKB' : ''}`,
    attachMode,
    lacks: {
      'user-namespace': 'the simulator has one machine, without namespaces',
      processes: 'the simulator has one process, and it is this one',
      'host-stack':
        'the simulated host finishes its checksums: unfinished ones are how the host stack of Linux ' +
        'hands packets to veth (CHECKSUM_PARTIAL)',
    },
    start: () => new SimMachine(generation),
  };
}

class SimMachine implements Machine {
  readonly generation: TxGeneration;
  readonly #net: SimNetwork;
  #pairs = 0;

  constructor(generation: 'A' | 'C') {
    this.generation = generation;
    this.#net = new SimNetwork({ generation });
  }

  get backend() {
    return this.#net.backend;
  }

  addPair(options: PairOptions): Pair {
    const net = this.#net;
    const [a, b] = [`veth${this.#pairs++}`, `veth${this.#pairs++}`];
    net.addVethPair(a, b, options);
    return {
      a,
      b,
      setUp: (ifname, up) => net.interface(ifname)!.setUp(up),
      setMtu: (mtu) => {
        for (const end of [a, b]) net.interface(end)!.setMtu(mtu);
      },
      remove: () => void net.removeInterface(a),
    };
  }

  addPlainInterface(): string {
    return this.#net.addInterface('plain0', { nativeXdp: false }).ifname;
  }

  withRights({ capabilities, memlock }: Rights, probe: RightsProbe, ifname: string): Outcome {
    const net = this.#net;
    net.setCapabilities(capabilities.map((name) => CAPABILITIES[name]));
    net.setMemlock(memlock ?? Number.POSITIVE_INFINITY);
    try {
      return outcomeOf(() => rightsProbes[probe](this.backend, ifname));
    } finally {
      net.setCapabilities(Object.values(CAPABILITIES));
    }
  }

  setQueueCount(ifname: string, queueCount: number): boolean {
    try {
      this.#net.interface(ifname)!.setQueueCount(queueCount);
      return true;
    } catch (error) {
      if (isFluxError(error)) return false;
      throw error;
    }
  }

  failCalls(call: FailingCall, code: number, times: number): void {
    this.#net.failCalls(call, code, { times });
  }

  async complete<T>(work: Promise<T>): Promise<T> {
    let ended = false;
    const end = () => {
      ended = true;
    };
    work.then(end, end);
    await this.#net.runUntil(() => ended, { limitMs: LIMIT_MS });
    return work;
  }

  source(program: TestProgram): ProgramSource {
    return program.kind === 'redirect'
      ? { kind: 'redirect' }
      : {
          kind: 'function',
          run: simulatedProgram(program),
          multiBuffer: program.kind !== 'linear',
        };
  }

  end(): void {}
}
