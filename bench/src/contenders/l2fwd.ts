import { FluxEngine, kernelBackend } from 'fluxnet';
import type { ContenderConfig } from './config.js';
import type { Job } from './job.js';
import { xskOptions } from './open-xsk.js';

/** Forwards between two interfaces over one memory, with the engine. */
export async function openL2fwd({ interfaces, settings }: ContenderConfig): Promise<Job> {
  const { batch: batchSize, frameCount, frameSize } = settings;
  const engine = await FluxEngine.open({
    backend: kernelBackend,
    umem: { frameCount, frameSize, pages: '4k' },
    batchSize,
    ports: interfaces.map((ifname) => ({
      ...xskOptions(ifname, settings),
      attachMode: 'native',
    })),
    handler: (batch) => {
      const egress = 1 - batch.port;
      for (let i = 0; i < batch.count; i++) batch.forward(i, egress);
    },
  });
  let finished = Promise.resolve();
  return {
    modes: { ...engine.effective.ports[0], pages: engine.effective.pages },
    start: () => {
      finished = engine.run();
    },
    stop: () => {
      engine.stop();
      return finished;
    },
    counts: () => {
      const { ports } = engine.stats();
      const sum = (field: 'completed' | 'txBytes') =>
        ports.reduce((total, port) => total + port[field], 0);
      return { packets: sum('completed'), bytes: sum('txBytes') };
    },
    close: () => engine.close(),
  };
}
