import type {
  Backend,
  Capabilities,
  Clock,
  InterfaceAddress,
  InterfaceInfo,
  LinkEvent,
  LinkWatch,
  Memory,
  MemoryOptions,
  Neighbour,
  PollSet,
  Program,
  ProgramOptions,
  Queue,
  QueueOptions,
  Route,
  Socket,
  SocketOptions,
  Task,
  UmemOptions,
  UmemRegistration,
} from 'fluxnet-core';
import { foreignObject } from '../kernel/failures.js';
import type { Kernel } from '../kernel/kernel.js';
import { SimMemory } from '../kernel/memory.js';
import { SimPollSet } from '../kernel/poll-set.js';
import { SimProgram } from '../kernel/program.js';
import { SimQueue } from '../kernel/queue.js';
import { SimSocket } from '../kernel/socket.js';
import { SimUmem } from '../kernel/umem.js';
import { SimTask } from '../time/sim-task.js';

/** The contract over a simulated kernel. */
export class SimBackend implements Backend {
  readonly name = 'simulator';
  readonly clock: Clock;
  readonly #kernel: Kernel;

  constructor(kernel: Kernel, clock: Clock) {
    this.#kernel = kernel;
    this.clock = clock;
  }

  capabilities(): Capabilities {
    return {
      supported: true,
      reason: '',
      platform: 'simulator of linux 6.18.44 x64, copy mode',
      features: { hugepages: false, 'link-events': true, sharing: false, processes: false },
    };
  }

  openMemory(options: MemoryOptions): Memory {
    return new SimMemory(this.#kernel, options);
  }

  openUmem(memory: Memory, options: UmemOptions): UmemRegistration {
    if (!(memory instanceof SimMemory) || memory.kernel !== this.#kernel) {
      throw foreignObject('memory');
    }
    return new SimUmem(memory, options);
  }

  openQueue(umem: UmemRegistration, options: QueueOptions): Queue {
    if (!(umem instanceof SimUmem) || umem.memory.kernel !== this.#kernel) {
      throw foreignObject('umem');
    }
    return new SimQueue(umem, this.#kernel.device(options.ifname), options);
  }

  openSocket(queue: Queue, options: SocketOptions): Socket {
    if (!(queue instanceof SimQueue) || queue.umem.memory.kernel !== this.#kernel) {
      throw foreignObject('queue');
    }
    return new SimSocket(queue, options);
  }

  openProgram(options: ProgramOptions): Program {
    return new SimProgram(this.#kernel.device(options.ifname), options);
  }

  openPollSet(): PollSet {
    return new SimPollSet(this.#kernel);
  }

  interrupt(token: number): void {
    this.#kernel.pollSets.get(token)?.interrupt();
  }

  spawn(name: string, run: (signal: AbortSignal) => Promise<void>): Task {
    const task = new SimTask(name);
    const { trace } = this.#kernel;
    trace.add(name, 'spawned');
    task.done.then(
      () => trace.add(name, 'ended'),
      (error: unknown) => trace.add(name, `failed: ${(error as Error)?.message ?? error}`),
    );
    this.clock.nextTurn(() => task.start(run));
    return task;
  }

  interfaceInfo(ifname: string): InterfaceInfo {
    const device = this.#kernel.device(ifname);
    const { program, queueCount } = device;
    const queues = { rx: 0, tx: 0, combined: queueCount };
    return {
      ifname,
      ifindex: device.ifindex,
      mac: device.mac,
      mtu: device.mtu,
      up: device.up,
      running: device.running,
      driver: device.driver,
      kind: device.driver === 'veth' ? 'veth' : undefined,
      numaNode: undefined,
      queueCount,
      queues: { current: queues, maximum: queues },
      rings: undefined,
      offloads: undefined,
      napi: undefined,
      xdpFeatures: undefined,
      master: undefined,
      program: program && { id: program.id, mode: program.attachMode, name: 'flux_redirect' },
    };
  }

  /** Programs of the simulation belong to it, not to a process. */
  programOwners(): readonly [] {
    return [];
  }

  interfaces(): readonly string[] {
    return [...this.#kernel.devices.keys()];
  }

  /** The simulated host has no addresses: nothing answers for it. */
  addresses(ifname: string): readonly InterfaceAddress[] {
    this.#kernel.device(ifname);
    return [];
  }

  neighbours(ifname: string): readonly Neighbour[] {
    this.#kernel.device(ifname);
    return [];
  }

  routes(): readonly Route[] {
    return [];
  }

  watchLinks(listener: (event: LinkEvent) => void): LinkWatch {
    return this.#kernel.linkWatches.open(listener);
  }
}
