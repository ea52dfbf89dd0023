import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { describe, expect, it } from 'vitest';
import { hasKernel } from '../../../../test/support/kernel.js';
import type { SteeringRule } from '../steering/rule.js';
import { checkSteering } from '../steering/steering-options.js';
import { openSteering } from './kernel-steering.js';
import { loadNative, nativePath } from './load-native.js';
import { loadFile } from './xdp-object.js';

/** Runs the program on one packet, on another CPU, until it is told to stop. */
const RUNNER = `
const { workerData, parentPort } = require('node:worker_threads');
const native = require(workerData.path);
const stop = new Int32Array(workerData.stop);
parentPort.postMessage('running');
let runs = 0;
for (; Atomics.load(stop, 0) === 0; runs += 10000) {
  native.testProgram(workerData.programFd, workerData.packet, 10000);
}
parentPort.postMessage(runs);
`;

/** IPv4 and UDP to port 7. */
function packet(): Uint8Array {
  const bytes = new Uint8Array(60);
  bytes.set([0x08, 0x00, 0x45], 12);
  bytes[23] = 17;
  bytes[37] = 7;
  return bytes;
}

/** In each list the packet has a rule, at another place; the default would drop it. */
function lists(): readonly SteeringRule[][] {
  const wanted: SteeringRule = { action: 'host', protocol: 'udp', dstPort: 7 };
  const other = (i: number): SteeringRule => ({
    action: 'drop',
    src: `192.168.${i >> 8}.${i & 255}`,
    dstPort: 1000 + i,
  });
  const others = (from: number, count: number) =>
    Array.from({ length: count }, (_, i) => other(from + i));
  return [[wanted], [...others(0, 200), wanted], [...others(200, 77), wanted, other(1)]];
}

describe.runIf(hasKernel)('[kernel] replacing steering rules', () => {
  it('shows a packet the old list or the new one, never a mix', { timeout: 60_000 }, async () => {
    const native = loadNative();
    const options = { rules: lists()[0]!, defaultAction: 'drop' as const };
    const { object } = loadFile(native, { kind: 'steering', ...options }, 1);
    const steering = openSteering(native, object, checkSteering('steering', options), 1);
    const stop = new Int32Array(new SharedArrayBuffer(4));
    const worker = new Worker(RUNNER, {
      eval: true,
      workerData: {
        path: nativePath(),
        programFd: object.programFd(),
        packet: packet(),
        stop: stop.buffer,
      },
    });
    await once(worker, 'message');
    for (let round = 1; round <= 100; round++) await steering.set(lists()[round % 3]!);
    Atomics.store(stop, 0, 1);
    const [runs] = await once(worker, 'message');
    await once(worker, 'exit');
    const { host, drop } = steering.counters().queues[0]!;
    steering.close();
    object.close();
    expect(drop.packets).toBe(0);
    expect(host.packets).toBe(runs);
    expect(runs).toBeGreaterThan(100_000);
  });
});
