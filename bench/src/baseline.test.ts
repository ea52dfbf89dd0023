import { type ChildProcessWithoutNullStreams, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { errno, kernelBackend, type RxRing, type TxRing, Umem, Xsk } from 'fluxnet-core';
import { decodeLayers, Layers, writeUdp } from 'fluxnet-proto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { hasKernel, ip, makeVethPair, type VethPair } from '../../test/support/kernel.js';

const PROGRAM = fileURLToPath(new URL('../baseline/build/baseline', import.meta.url));
const LENGTH = 64;
const COUNT = 500;

interface Report {
  readonly event: string;
  readonly elapsedNs: number;
  readonly packets: number;
  readonly bytes: number;
  readonly completed: number;
  readonly notSent: number;
  readonly deviceDrops: number;
  readonly kernel: { readonly rxDropped: number; readonly txInvalidDescs: number };
}

/** A socket that has both rings. */
type End = Xsk & { readonly rx: RxRing; readonly tx: TxRing };

/** The C program under commands. */
class Baseline {
  readonly process: ChildProcessWithoutNullStreams;
  readonly #lines: AsyncIterator<string>;

  constructor(...args: string[]) {
    this.process = spawn(PROGRAM, args);
    this.process.stderr.pipe(process.stderr);
    this.#lines = createInterface({ input: this.process.stdout })[Symbol.asyncIterator]();
  }

  async next(event: string): Promise<Report> {
    const { value } = await this.#lines.next();
    const report = JSON.parse(value as string) as Report;
    expect(report.event).toBe(event);
    return report;
  }

  async ask(command: 'start' | 'stop' | 'report'): Promise<Report> {
    this.process.stdin.write(`${command}\n`);
    return this.next(command === 'start' ? 'started' : 'report');
  }

  /** Asks for reports until so many packets were counted, for a second at most. */
  async counted(packets: number): Promise<Report> {
    const limit = performance.now() + 1000;
    for (;;) {
      const report = await this.ask('report');
      if (report.packets >= packets || performance.now() > limit) return report;
      await sleep(5);
    }
  }

  async kill(): Promise<void> {
    if (this.process.exitCode !== null || this.process.signalCode !== null) return;
    this.process.kill('SIGKILL');
    await once(this.process, 'exit');
  }
}

describe.runIf(hasKernel)('[kernel] the C program', () => {
  const pairs: VethPair[] = [];
  const opened: { close(): void }[] = [];
  const programs: Baseline[] = [];
  let pair: VethPair;

  const addPair = (): VethPair => {
    const made = makeVethPair();
    pairs.push(made);
    return made;
  };
  beforeEach(() => {
    pair = addPair();
  });
  afterEach(async () => {
    for (const program of programs.splice(0)) await program.kill();
    for (const object of opened.splice(0).reverse()) object.close();
    for (const made of pairs.splice(0)) made.remove();
  });

  async function start(...args: string[]): Promise<Baseline> {
    const program = new Baseline(...args);
    programs.push(program);
    await program.next('ready');
    await program.ask('start');
    return program;
  }

  /** fluxnet at the other end, ready to receive. */
  async function openEnd(ifname: string): Promise<End> {
    const umem = await Umem.open(kernelBackend, { frameCount: 4096 });
    opened.push(umem);
    const xsk = (await Xsk.open(umem, { ifname })) as End;
    const source = { kind: 'redirect' } as const;
    const program = kernelBackend.openProgram({
      ifname,
      attachMode: 'native',
      maxQueues: 1,
      source,
    });
    opened.push(program);
    fill(xsk, 2048);
    program.setSocket(xsk.socket);
    return xsk;
  }

  function fill({ fill: ring, umem }: Xsk, count: number): void {
    const granted = ring.reserve(count);
    for (let i = 0; i < granted; i++) ring.setAddress(i, umem.frames.take());
    ring.submit(granted);
  }

  /** Sends UDP packets whose source port numbers them. */
  function send(xsk: End, count: number): void {
    const { umem, tx, socket, completion } = xsk;
    expect(tx.reserve(count)).toBe(count);
    for (let i = 0; i < count; i++) {
      const address = umem.frames.take();
      writeUdp(umem.bytes.subarray(address), {
        srcMac: Uint8Array.of(2, 0, 0, 0, 0, 1),
        dstMac: Uint8Array.of(2, 0, 0, 0, 0, 2),
        srcAddress: 0x0a000001,
        dstAddress: 0x0a000002,
        srcPort: 1000 + i,
        dstPort: 7,
        payload: new Uint8Array(LENGTH - 42),
      });
      tx.setDescriptor(i, address, LENGTH, 0);
    }
    tx.submit(count);
    let result: number;
    do {
      result = socket.kick();
      completion.release(completion.peek(completion.size));
    } while (result === errno.EAGAIN);
    expect(result).toBe(0);
  }

  /** Takes what has come so far; `look` sees each packet's offset. */
  function receive(xsk: End, look: (offset: number) => void = () => {}): number {
    const count = xsk.rx.peek(xsk.rx.size);
    for (let i = 0; i < count; i++) {
      expect(xsk.rx.length(i)).toBe(LENGTH);
      look(xsk.rx.address(i));
      xsk.umem.frames.give(xsk.rx.address(i));
    }
    xsk.rx.release(count);
    fill(xsk, count);
    return count;
  }

  async function receiveAll(xsk: End, count: number, look?: (offset: number) => void) {
    const limit = performance.now() + 1000;
    let received = 0;
    while (received < count && performance.now() < limit) {
      received += receive(xsk, look);
      await sleep(1);
    }
    return received;
  }

  it.each([['--native'], ['--generic', '--wait', 'poll', '--no-need-wakeup', '--copy']])(
    'rxdrop counts what fluxnet sends (%s)',
    async (...options) => {
      const program = await start('rxdrop', '--interface', pair.b, ...options);
      const xsk = await openEnd(pair.a);
      send(xsk, COUNT);
      expect(await program.counted(COUNT)).toMatchObject({
        packets: COUNT,
        bytes: COUNT * LENGTH,
        kernel: { rxDropped: 0 },
      });
    },
  );

  it('txonly sends what fluxnet receives, lost ones counted', async () => {
    const xsk = await openEnd(pair.b);
    const program = await start('txonly', '--interface', pair.a, '--tx-budget', '64');
    let received = 0;
    const end = performance.now() + 30;
    while (performance.now() < end) received += receive(xsk);
    const report = await program.ask('stop');
    const arrived = () => {
      const { rxDropped, rxRingFull } = xsk.socket.statistics();
      return received + rxDropped + rxRingFull;
    };
    const limit = performance.now() + 1000;
    while (arrived() < report.packets - report.deviceDrops && performance.now() < limit) {
      received += receive(xsk);
    }
    expect(received).toBeGreaterThan(0);
    expect(report.bytes).toBe(report.packets * LENGTH);
    expect(report.kernel.txInvalidDescs).toBe(0);
    expect(arrived()).toBe(report.packets - report.deviceDrops);
  });

  it('l2fwd forwards between two interfaces, and back out of one', async () => {
    const other = addPair();
    const two = await start('l2fwd', '--interface', pair.b, '--interface', other.a);
    const [left, right] = [await openEnd(pair.a), await openEnd(other.b)];
    send(left, COUNT);
    expect(await receiveAll(right, COUNT)).toBe(COUNT);
    send(right, COUNT);
    expect(await receiveAll(left, COUNT)).toBe(COUNT);
    expect(await two.ask('stop')).toMatchObject({ packets: 2 * COUNT, notSent: 0 });
    await two.kill();
    await start('l2fwd', '--interface', pair.b, '--wait', 'poll');
    send(left, COUNT);
    expect(await receiveAll(left, COUNT)).toBe(COUNT);
  });

  it('echo turns UDP packets around, checksums still right, and refuses others', async () => {
    const program = await start('echo', '--interface', pair.b, '--busy-poll', '20');
    const xsk = await openEnd(pair.a);
    send(xsk, COUNT);
    const layers = new Layers();
    const ports: number[] = [];
    const received = await receiveAll(xsk, COUNT, (offset) => {
      decodeLayers(xsk.umem.view, offset, LENGTH, layers);
      expect(layers.srcPort).toBe(7);
      expect([...xsk.umem.bytes.subarray(offset, offset + 12)]).toEqual([
        2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2,
      ]);
      ports.push(layers.dstPort);
    });
    expect(received).toBe(COUNT);
    expect(ports).toEqual(Array.from({ length: COUNT }, (_, i) => 1000 + i));
    const frame = xsk.umem.frames.take();
    xsk.umem.bytes.fill(0xff, frame, frame + LENGTH);
    xsk.tx.reserve(1);
    xsk.tx.setDescriptor(0, frame, LENGTH, 0);
    xsk.tx.submit(1);
    xsk.socket.kick();
    await sleep(20);
    expect(await program.ask('stop')).toMatchObject({ packets: COUNT, notSent: 1 });
  });

  it('runs by itself for a time and reports once', () => {
    const args = ['txonly', '--interface', pair.a, '--duration', '0.05', '--batch', '16'];
    const { stdout, status } = spawnSync(PROGRAM, args, { encoding: 'utf8' });
    const [ready, report] = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(status).toBe(0);
    expect(ready).toMatchObject({ event: 'ready', job: 'txonly', copyMode: 'copy', txBudget: 32 });
    expect(report).toMatchObject({ event: 'report' });
    expect(report.packets).toBeGreaterThan(0);
    expect(report.elapsedNs).toBeGreaterThan(50e6);
    expect(report.userNs + report.systemNs).toBeGreaterThan(0);
    expect(report.kicks).toBeGreaterThan(0);
  });

  it.each(['rxdrop', 'drop'])('%s leaves no program behind when it is killed', async (job) => {
    const program = new Baseline(job, '--interface', pair.b);
    programs.push(program);
    await program.next('ready');
    expect(ip(`link show ${pair.b}`)).toContain('prog/xdp');
    await program.kill();
    await expect.poll(() => ip(`link show ${pair.b}`)).not.toContain('prog/xdp');
  });

  it.each([
    [2, ['nonsense', '--interface', 'lo'], 'unknown job nonsense'],
    [2, ['rxdrop'], '--interface is missing'],
    [2, ['rxdrop', '--interface', 'lo', '--bath', '3'], '--bath'],
    [2, ['rxdrop', '--interface', 'lo', '--batch', '257'], '--batch is 257, allowed: 1 to 256'],
    [2, ['rxdrop', '--interface', 'lo', '--batch', '-1'], '--batch is -1'],
    [2, ['rxdrop', '--interface', 'lo', '--rx-size', '3'], '--rx-size is 3, allowed: a power'],
    [2, ['rxdrop', '--interface', 'lo', '--wait', 'nap'], '--wait is nap, allowed: spin, poll'],
    [2, ['rxdrop', '--interface', 'lo', '--interface', 'lo'], 'rxdrop takes one --interface'],
    [2, ['rxdrop', '--interface', 'lo', '--copy', '--zerocopy'], '--zerocopy is set'],
    [2, ['rxdrop', 'txonly', '--interface', 'lo'], 'one job is needed'],
    [1, ['rxdrop', '--interface', 'none9'], 'find none9: No such device'],
    [1, ['rxdrop', '--interface', 'lo', '--queue', '9'], 'bind to lo: Invalid argument'],
  ])('exits with %i after %j', (code, args, message) => {
    const { status, stderr } = spawnSync(PROGRAM, args, { encoding: 'utf8', input: '' });
    expect(stderr).toContain(message);
    expect(status).toBe(code);
  });
});
