import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasKernel, makeVethPair, type VethPair } from '../../../../test/support/kernel.js';
import { Umem } from '../umem.js';
import { Xsk } from '../xsk.js';
import { kernelBackend } from './kernel-backend.js';
import type { KernelSocket } from './kernel-socket.js';
import { loadNative } from './load-native.js';
import type { Native } from './native.js';

const NONSENSE = [
  undefined,
  null,
  Number.NaN,
  -1,
  0.5,
  2 ** 32,
  2 ** 53,
  Infinity,
  '1',
  {},
  [],
  5n,
  () => {},
  Symbol('x'),
];

/** The addon is not public, but nothing that JavaScript passes to it may crash the process. */
describe.runIf(hasKernel)('[kernel] the addon, given nonsense', () => {
  let native: Native;
  let pair: VethPair;
  let xsk: Xsk;
  // biome-ignore lint/suspicious/noExplicitAny: wrong types are the point
  let anything: Record<string, any>;

  beforeAll(async () => {
    native = loadNative();
    pair = makeVethPair();
    xsk = await Xsk.open(await Umem.open(kernelBackend, { frameCount: 16 }), { ifname: pair.a });
    anything = native as never;
  });

  afterAll(() => {
    xsk.umem.close();
    pair.remove();
  });

  it.each(['Memory', 'Umem', 'Queue', 'Socket', 'Program', 'DispatcherLink', 'NetlinkSocket'])(
    'refuses to construct a %s',
    (name) => {
      for (const first of NONSENSE) {
        for (const second of NONSENSE) {
          expect(() => new anything[name](first, second, first, second, first)).toThrow();
        }
      }
      expect(() => anything[name]()).toThrow(TypeError);
    },
  );

  it('refuses objects of another class', () => {
    const memory = new native.Memory(4096, '4k', -1);
    const umem = new native.Umem(memory, 4096, 0, 0, 0);
    expect(() => new anything.Umem(umem, 4096, 0, 0, 0)).toThrow('expected Memory');
    expect(() => new anything.Queue(memory, 1, 0, 4, 4)).toThrow('expected Umem');
    expect(() => new anything.Socket(umem, 4, 4)).toThrow('expected Queue');
    expect(() => new anything.Umem(Object.create(memory), 4096, 0, 0, 0)).toThrow(
      'expected Memory',
    );
    memory.close();
    expect(() => new native.Umem(memory, 4096, 0, 0, 0)).toThrow('memory is closed');
  });

  it('refuses a BPF object in the wrong state', () => {
    const wrong = [null, Number.NaN, 'x', {}, [], 5n, new Uint16Array(4), new ArrayBuffer(8)];
    for (const bytes of wrong) expect(() => new anything.XdpObject(bytes)).toThrow(TypeError);
    for (const bytes of [new Uint8Array(0), new Uint8Array(4096).fill(0x7f)]) {
      expect(() => new native.XdpObject(bytes)).toThrow();
    }
    const object = new native.XdpObject('redirect');
    expect(() => object.load()).toThrow(/invalid/i); // Nothing is selected.
    expect(() => new native.DispatcherLink(object, 1, false)).toThrow(/invalid/i);
    expect(() => new anything.DispatcherLink(new native.PollSet(), 1, false)).toThrow('XdpObject');
    expect(() => object.select('nobody', true)).toThrow();
    expect(() => object.resizeMap('nobody', 4)).toThrow();
    expect(() => object.resizeMap('sockets', 0)).toThrow(TypeError);
    expect([object.programFd(), object.mapFd('nobody')]).toEqual([-1, -1]);
    object.select('fluxnet_redir', true);
    object.load();
    expect(() => object.load()).toThrow(/invalid/i);
    expect(() => object.select('fluxnet_redir', true)).toThrow();
    expect(() => object.resizeMap('sockets', 4)).toThrow();
    object.close();
    object.close();
    expect([object.programFd(), object.mapFd('sockets')]).toEqual([-1, -1]);
    for (const call of ['programs', 'maps', 'load'] as const) {
      expect(() => object[call]()).toThrow('object is closed');
    }
  });

  it('refuses to look at what is no descriptor', () => {
    for (const value of NONSENSE) {
      expect(() => anything.bpfFacts(value)).toThrow();
      expect(() => anything.openMap(value)).toThrow();
      expect(() => anything.openPinned(value)).toThrow();
      if (typeof value !== 'string') expect(() => anything.isBpffs(value)).toThrow();
    }
    expect(native.bpfFacts(0)).toEqual({ kind: 'other' });
    expect(native.isBpffs('/nowhere')).toBe(false);
  });

  it('refuses foreign receivers', () => {
    const { handle } = xsk.socket as KernelSocket;
    for (const method of ['kick', 'wakeRx', 'statistics', 'close', 'bind', 'watch'] as const) {
      const call = handle[method] as (this: unknown) => unknown;
      for (const receiver of [{}, [], undefined, new native.PollSet(), Object.create(handle)]) {
        expect(() => call.call(receiver)).toThrow();
      }
    }
  });

  it('has no accessors, whose receiver nobody would check', () => {
    for (const name of ['Memory', 'Umem', 'Queue', 'Socket', 'Program', 'PollSet']) {
      const properties = Object.getOwnPropertyDescriptors(anything[name].prototype);
      const accessors = Object.entries(properties).filter(([, property]) => property.get);
      expect(accessors).toEqual([]);
    }
  });

  it('refuses wrong arguments of every method', () => {
    const { handle } = xsk.socket as KernelSocket;
    const socket = handle as unknown as Record<string, (...args: unknown[]) => unknown>;
    const set = new native.PollSet() as unknown as Record<string, (...args: unknown[]) => unknown>;
    const object = new native.XdpObject('redirect');
    object.select('fluxnet_redir', true);
    object.load();
    const descriptors = ['sockets', 'counters'].map((name) => object.mapFd(name));
    const [sockets, counters] = descriptors as [number, number];
    const loaded = new native.Program(object.programFd(), sockets, counters);
    const program = loaded as unknown as typeof set;
    // The kernel writes as many bytes as the map says: a map of another kind is never asked.
    expect(() => new native.Program(object.programFd(), counters, counters)).toThrow(/invalid/i);
    expect(() => new native.Program(object.programFd(), sockets, sockets)).toThrow(/invalid/i);
    expect(() => new native.Program(sockets, sockets, counters)).toThrow(/invalid/i);
    expect(() => new native.Program(0, 0, undefined)).toThrow(/invalid/i);
    expect(() => new native.Program(10_000, sockets, counters)).toThrow(/bad file/i);
    const netlink = new native.NetlinkSocket(0, 0) as unknown as typeof set;
    for (const value of NONSENSE) {
      expect(() => socket.bind!(value, 0)).toThrow();
      if (typeof value !== 'function') expect(() => socket.watch!(true, true, value)).toThrow();
      if (value !== -1) expect(() => set.wait!(value)).toThrow();
      expect(() => set.add!(value, true, true)).toThrow();
      expect(() => program.attach!(value, false)).toThrow();
      expect(() => program.setSocket!(0, value)).toThrow();
      expect(() => program.setSocket!(value, handle)).toThrow();
      expect(() => program.counter!(value)).toThrow();
      if (typeof value !== 'string') expect(() => anything.ethtool(value)).toThrow();
      expect(() => anything.programFacts(value, 1)).toThrow();
      expect(() => anything.programFacts(1, value)).toThrow();
      expect(() => netlink.send!(value)).toThrow('bytes must be a Uint8Array');
      if (typeof value !== 'function') expect(() => netlink.watch!(value)).toThrow();
    }
    expect(() => socket.setOption!(0, 0, 2 ** 31)).toThrow();
    expect(() => netlink.send!(new Uint16Array(8))).toThrow('bytes must be a Uint8Array');
    netlink.close!();
    set.close!();
    program.close!();
    object.close();
    expect(xsk.socket.kick()).toBe(0);
  });

  it('sends any bytes over netlink, and answers when closed', () => {
    const netlink = new native.NetlinkSocket(0, 0);
    const detached = new Uint8Array(16);
    structuredClone(detached.buffer, { transfer: [detached.buffer] });
    // Newer kernels say ENODATA, older ones nothing.
    for (const bytes of [detached, new Uint8Array(0)])
      expect([0, -61]).toContain(netlink.send(bytes));
    for (const bytes of [new Uint8Array(15), new Uint8Array(4096)]) {
      expect(netlink.send(bytes)).toBe(0);
    }
    expect(netlink.send(new Uint8Array(2 ** 24))).toBe(-90); // EMSGSIZE: above the send buffer.
    expect(netlink.receive()).toBe(-11); // EAGAIN: nothing of it was a request.
    for (const receiver of [{}, undefined, new native.PollSet(), Object.create(netlink)]) {
      expect(() => netlink.receive.call(receiver as never)).toThrow();
    }
    netlink.close();
    netlink.close();
    expect([netlink.send(new Uint8Array(16)), netlink.receive()]).toEqual([-9, -9]);
    expect(() => netlink.watch(() => {})).toThrow('netlink socket is closed');
    expect(() => new native.NetlinkSocket(0, 1000)).toThrow('NETLINK_ADD_MEMBERSHIP');
    expect(() => new native.NetlinkSocket(200, 0)).toThrow('socket(AF_NETLINK)');
    const nothing = { channels: undefined, rings: undefined, activeFeatures: undefined };
    for (const name of ['', 'nosuch', 'x'.repeat(5000), 'a\0b']) {
      expect(native.ethtool(name)).toEqual({ driver: '', ...nothing });
    }
    expect(native.programFacts(1, 2 ** 32 - 1)).not.toHaveProperty('name');
  });

  it('survives being given a ring that lies', () => {
    const words = new Int32Array(xsk.socket.tx!.buffer);
    words[0] = 1_000_000; // Far more entries than the ring has.
    xsk.socket.kick();
    expect(xsk.tx!.reserve(1)).toBeLessThanOrEqual(1);
    const rx = new Int32Array(xsk.socket.rx!.buffer);
    rx[0] = -1;
    expect(xsk.rx!.peek(1)).toBe(0);
    expect(xsk.rx!.corrupt).toBe(true);
  });
});
