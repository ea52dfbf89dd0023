import type { AttachMode, ProgramSource } from 'fluxnet-core';
import type {
  ComplianceEnvironment,
  Machine,
  Pair,
  PairOptions,
  TestProgram,
  TxGeneration,
} from 'fluxnet-core/compliance';
import { SimNetwork } from 'fluxnet-simulator';
import { simulatedProgram } from './simulator-programs.js';

/** Virtual time that is enough for whatever a case waits for. */
const LIMIT_MS = 60_000;

export function simulatorEnvironment(
  generation: 'A' | 'C',
  attachMode: AttachMode = 'native',
): ComplianceEnvironment {
  return {
    name: `sim-${generation}${attachMode === 'generic' ? '-SKB' : ''}`,
    attachMode,
    lacks: {},
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
