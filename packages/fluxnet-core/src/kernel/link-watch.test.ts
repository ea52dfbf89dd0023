import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  hasKernel,
  held,
  ip,
  makeVethPair,
  type VethPair,
} from '../../../../test/support/kernel.js';
import type { LinkEvent, LinkWatch } from '../contract/interface.js';
import { errno } from '../errno.js';
import { linkEvents } from '../link-events.js';
import { kernelBackend } from './kernel-backend.js';
import { KernelLinkWatch } from './kernel-link-watch.js';
import { loadNative } from './load-native.js';
import type { Native } from './native.js';

const core = fileURLToPath(new URL('../../dist/index.js', import.meta.url));

describe.runIf(hasKernel)('[kernel] link events', () => {
  let pair: VethPair;
  let removed: boolean;
  let events: LinkEvent[];
  let watch: LinkWatch;
  const listen = (event: LinkEvent) => events.push(event);

  beforeEach(async () => {
    pair = makeVethPair();
    // The carrier comes a moment later, from a work queue (net/core/link_watch.c).
    await vi.waitFor(() => {
      for (const end of [pair.a, pair.b]) {
        expect(kernelBackend.interfaceInfo(end).running).toBe(true);
      }
    });
    removed = false;
    events = [];
    watch = kernelBackend.watchLinks!(listen);
  });

  afterEach(() => {
    watch.close();
    if (!removed) pair.remove();
  });

  const seen = (ifname: string) =>
    events.filter((event) => event.ifname === ifname).map(({ change }) => change);

  it('tell of down, up, carrier, MTU and removal, on both ends', async () => {
    ip(`link set ${pair.b} down`);
    await vi.waitFor(() => {
      expect(seen(pair.a)).toEqual(['no-carrier']);
      expect(seen(pair.b)).toEqual(['down', 'no-carrier']);
    });
    events = [];
    ip(`link set ${pair.b} up`);
    await vi.waitFor(() => {
      expect(seen(pair.a)).toEqual(['carrier']);
      expect(seen(pair.b)).toEqual(['up', 'carrier']);
    });
    events = [];
    ip(`link set ${pair.a} mtu 1400`);
    const { ifindex } = kernelBackend.interfaceInfo(pair.a);
    await vi.waitFor(() => {
      expect(events).toEqual([{ ifname: pair.a, ifindex, change: 'mtu', mtu: 1400 }]);
    });
    events = [];
    const started = performance.now();
    pair.remove();
    removed = true;
    await vi.waitFor(() => expect(seen(pair.a).concat(seen(pair.b))).toContain('removed'));
    expect(performance.now() - started).toBeLessThan(1500);
    await vi.waitFor(() => {
      expect(seen(pair.a).at(-1)).toBe('removed');
      expect(seen(pair.b).at(-1)).toBe('removed');
    });
    expect(watch.overruns).toBe(0);
  });

  it('tell of interfaces that come, and know them by index when they are renamed', async () => {
    ip(`link set ${pair.a} down`);
    ip(`link set ${pair.a} name r${process.pid}`);
    const other = makeVethPair();
    await vi.waitFor(() => expect(seen(other.a)).toEqual(['up', 'carrier']));
    const { ifindex } = kernelBackend.interfaceInfo(`r${process.pid}`);
    ip(`link del r${process.pid}`);
    removed = true;
    await vi.waitFor(() =>
      expect(events).toContainEqual({
        ifname: `r${process.pid}`,
        ifindex,
        change: 'removed',
      }),
    );
    other.remove();
  });

  it('take a move to another namespace for a removal, and leaving a bridge for nothing', async () => {
    const bridge = `br${process.pid}`;
    ip(`link add ${bridge} type bridge`);
    ip(`link set ${pair.a} master ${bridge}`);
    ip(`link set ${pair.a} nomaster`);
    ip(`link del ${bridge}`);
    await vi.waitFor(() => expect(seen(bridge)).toEqual(['removed']));
    expect(seen(pair.a)).toEqual([]);
    const holder = spawn('unshare', ['--net', 'sleep', '30'], { stdio: 'ignore' });
    try {
      // unshare is in its namespace once it has become sleep.
      await vi.waitFor(() => {
        const command = execFileSync('cat', [`/proc/${holder.pid}/comm`], { encoding: 'utf8' });
        expect(command.trim()).toBe('sleep');
      });
      ip(`link set ${pair.a} netns ${holder.pid}`);
      await vi.waitFor(() => expect(seen(pair.a).at(-1)).toBe('removed'));
      expect(() => kernelBackend.interfaceInfo(pair.a)).toThrow('FLUX_UNKNOWN_INTERFACE');
      ip(`link del ${pair.b}`);
      removed = true;
    } finally {
      holder.kill();
      await once(holder, 'exit');
    }
  });

  it('survive more changes than the socket can keep: the last state is reported', async () => {
    const batch = Array.from({ length: 2000 }, (_, i) => `link set ${pair.a} mtu ${1000 + i}\n`);
    // The event loop stands still meanwhile.
    execFileSync('ip', ['-batch', '-'], {
      input: `${batch.join('')}link set ${pair.b} down\n`,
    });
    await vi.waitFor(() => expect(watch.overruns).toBeGreaterThan(0));
    expect(events.length).toBeLessThan(2000);
    await vi.waitFor(() => {
      expect(events.findLast(({ change }) => change === 'mtu')?.mtu).toBe(2999);
      expect(seen(pair.b)).toEqual(['down', 'no-carrier']);
      expect(seen(pair.a).filter((change) => change !== 'mtu')).toEqual(['no-carrier']);
    });
    events = [];
    ip(`link set ${pair.b} up`);
    await vi.waitFor(() => expect(seen(pair.b)).toEqual(['up', 'carrier']));
  });

  it('end when they are closed, inside the listener too', async () => {
    let calls = 0;
    const own = kernelBackend.watchLinks!(() => {
      calls++;
      own.close();
      own.close();
    });
    ip(`link set ${pair.a} down`);
    await vi.waitFor(() => expect(seen(pair.b)).toEqual(['no-carrier']));
    expect(calls).toBe(1);
    watch.close();
    events = [];
    ip(`link set ${pair.a} up`);
    await kernelBackend.clock.sleep(50);
    expect(events).toEqual([]);
  });

  it('leave no descriptor behind', async () => {
    const before = held();
    for (let i = 0; i < 50; i++) kernelBackend.watchLinks!(() => {}).close();
    await kernelBackend.clock.sleep(10);
    expect(held()).toEqual(before);
  });

  it('are an async iterable that ends with its interface', async () => {
    const changes: string[] = [];
    const stream = linkEvents(kernelBackend, { ifname: pair.b });
    ip(`link set ${pair.b} down`);
    pair.remove();
    removed = true;
    for await (const { change } of stream) changes.push(change);
    expect(changes).toEqual(['down', 'no-carrier', 'removed']);
  });

  it('let a worker that watches be terminated, and a process that closed end', async () => {
    const worker = new Worker(
      `import { parentPort } from 'node:worker_threads';
       import { kernelBackend } from ${JSON.stringify(core)};
       globalThis.watch = kernelBackend.watchLinks(() => {});
       parentPort.postMessage('ready');`,
      { eval: true, execArgv: ['--input-type=module'] },
    );
    await once(worker, 'message');
    const before = held();
    await worker.terminate();
    expect(held().fds).toBe(before.fds - 1);
    const child = spawn(
      process.execPath,
      [
        '--input-type=module',
        '-e',
        `import { kernelBackend } from ${JSON.stringify(core)};
         kernelBackend.watchLinks(() => {}).close();`,
      ],
      { stdio: 'ignore' },
    );
    expect(await once(child, 'exit')).toEqual([0, null]);
  });
});

/** The addon's netlink socket, with the kernel's side played by hand. */
describe.runIf(hasKernel)('[kernel] a link watch that is told nonsense', () => {
  function fakeNative() {
    const native = loadNative();
    const state = { answers: [] as (Uint8Array | number)[], listener: () => {}, refuse: false };
    const fake: Native = Object.create(native, {
      NetlinkSocket: {
        value: function NetlinkSocket(protocol: number, group: number) {
          if (group === 0) {
            if (state.refuse)
              throw Object.assign(new Error('x'), { errno: -24, syscall: 'socket' });
            return new native.NetlinkSocket(protocol, group);
          }
          return {
            receive: () => state.answers.shift() ?? errno.EAGAIN,
            watch: (listener: () => void) => {
              state.listener = listener;
            },
            close: () => {},
          };
        },
      },
    });
    return { fake, state };
  }

  it.each([
    ['bytes that are no message', new Uint8Array(20)],
    ['an overrun', errno.ENOBUFS],
    ['an error that stays', errno.ENOMEM],
    ['a datagram that is too long', errno.EMSGSIZE],
  ])('reads the links again after %s', (_, answer) => {
    const { fake, state } = fakeNative();
    const events: LinkEvent[] = [];
    const watch = new KernelLinkWatch(fake, (event) => events.push(event));
    state.answers.push(answer);
    state.listener();
    expect(watch.overruns).toBe(1);
    expect(events).toEqual([]);
    watch.close();
  });

  it('tries again when it has no descriptor to read them with', async () => {
    const { fake, state } = fakeNative();
    const pair = makeVethPair();
    const events: LinkEvent[] = [];
    const watch = new KernelLinkWatch(fake, (event) => events.push(event));
    pair.remove();
    state.refuse = true;
    state.answers.push(errno.ENOBUFS);
    state.listener();
    expect(events).toEqual([]);
    state.refuse = false;
    await kernelBackend.clock.sleep(150);
    expect(events.map(({ change }) => change)).toEqual(['removed', 'removed']);
    watch.close();
  });

  it('fails to open without a descriptor', () => {
    const { fake, state } = fakeNative();
    state.refuse = true;
    expect(() => new KernelLinkWatch(fake, () => {})).toThrow(
      expect.objectContaining({ code: 'FLUX_SYSCALL', errno: -24, syscall: 'socket' }),
    );
  });
});
