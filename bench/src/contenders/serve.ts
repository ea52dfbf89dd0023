import { createInterface } from 'node:readline';
import type { Counts, Job } from './job.js';

/** The process's side of `Contender`: does what standard input says until that ends. */
export async function serve(job: Job): Promise<void> {
  // Ctrl-C reaches the whole terminal; the harness decides in which order things end.
  process.on('SIGINT', () => {});
  let started = snapshot(job);
  say({ event: 'ready', ...job.modes });
  for await (const command of createInterface({ input: process.stdin })) {
    if (command === 'start') {
      started = snapshot(job);
      job.start();
      say({ event: 'started' });
    } else if (command === 'stop') {
      await job.stop();
      say({ event: 'report', ...since(started, snapshot(job)) });
    } else {
      throw new Error(`unknown command ${command}`);
    }
  }
  await job.close();
}

interface Snapshot extends Counts {
  readonly nowMs: number;
  readonly cpu: NodeJS.CpuUsage;
}

function snapshot(job: Job): Snapshot {
  return { ...job.counts(), cpu: process.cpuUsage(), nowMs: performance.now() };
}

function since(start: Snapshot, end: Snapshot) {
  return {
    elapsedNs: (end.nowMs - start.nowMs) * 1e6,
    packets: end.packets - start.packets,
    bytes: end.bytes - start.bytes,
    userNs: (end.cpu.user - start.cpu.user) * 1000,
    systemNs: (end.cpu.system - start.cpu.system) * 1000,
  };
}

function say(event: object): void {
  process.stdout.write(`${JSON.stringify(event)}\n`);
}
