import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  hasKernel,
  held,
  ip,
  makeVethPair,
  type VethPair,
} from '../../../../test/support/kernel.js';
import { Umem } from '../umem.js';
import { Xsk } from '../xsk.js';
import { kernelBackend } from './kernel-backend.js';
import { napiOfSysfs } from './napi-facts.js';

describe.runIf(hasKernel)('[kernel] facts of interfaces', () => {
  let pair: VethPair;

  beforeEach(() => {
    pair = makeVethPair(2);
  });

  afterEach(() => {
    pair.remove();
  });

  it('agree with ip', async () => {
    // The carrier comes a moment later, from a work queue (net/core/link_watch.c).
    await vi.waitFor(() => expect(kernelBackend.interfaceInfo(pair.a).running).toBe(true));
    const [shown] = JSON.parse(ip(`-json -details link show ${pair.a}`));
    const info = kernelBackend.interfaceInfo(pair.a);
    expect(info).toMatchObject({
      ifname: pair.a,
      ifindex: shown.ifindex,
      mac: shown.address,
      mtu: shown.mtu,
      up: true,
      running: true,
      driver: 'veth',
      kind: 'veth',
      numaNode: undefined,
      queueCount: 2,
      master: undefined,
      program: undefined,
    });
    expect(info.queues?.current).toMatchObject({ rx: 2, tx: 2 });
    expect(info.queues?.maximum).toMatchObject({ rx: 2, tx: 2 });
    ip(`link set ${pair.b} down`);
    expect(kernelBackend.interfaceInfo(pair.a)).toMatchObject({ up: true, running: false });
    expect(kernelBackend.interfaceInfo(pair.b)).toMatchObject({ up: false, running: false });
    expect(kernelBackend.interfaces()).toEqual(
      JSON.parse(ip('-json link show')).map(({ ifname }: { ifname: string }) => ifname),
    );
  });

  it('have the offloads that ethtool shows', () => {
    const before = kernelBackend.interfaceInfo(pair.a).offloads;
    expect(before).toMatchObject({ lro: false, txChecksum: true, tso: true, gso: true });
    execFileSync('ethtool', ['-K', pair.a, 'tx', 'off', 'rxvlan', 'off', 'gro', 'on']);
    const shown = execFileSync('ethtool', ['-k', pair.a], { encoding: 'utf8' });
    const on = (name: string) => new RegExp(`^\\s*${name}: on`, 'm').test(shown);
    expect(kernelBackend.interfaceInfo(pair.a).offloads).toEqual({
      gro: on('generic-receive-offload'),
      lro: on('large-receive-offload'),
      groHw: on('rx-gro-hw'),
      rxChecksum: on('rx-checksumming'),
      txChecksum: false,
      rxVlanStrip: false,
      txVlanInsert: on('tx-vlan-offload'),
      tso: on('tx-tcp-segmentation'),
      gso: on('generic-segmentation-offload'),
    });
    expect(on('generic-receive-offload')).toBe(true);
  });

  it('have the XDP features of the driver, where the kernel tells', () => {
    const { xdpFeatures } = kernelBackend.interfaceInfo(pair.a);
    if (xdpFeatures === undefined) return; // Before 6.3.
    expect(xdpFeatures.driver).toContain('basic');
    expect(xdpFeatures.driver).not.toContain('xsk-zerocopy');
    expect(xdpFeatures.zeroCopyMaxSegments).toBeUndefined();
    expect(kernelBackend.interfaceInfo('lo').xdpFeatures?.driver).toEqual([]);
  });

  it('count the queues of a driver that has no say over them', async () => {
    const ifname = `ifb${process.pid}`;
    ip(`link add ${ifname} numrxqueues 4 numtxqueues 4 type ifb`);
    try {
      const { queues, queueCount } = kernelBackend.interfaceInfo(ifname);
      expect([queues, queueCount]).toEqual([undefined, 4]);
      const umem = await Umem.open(kernelBackend, { frameCount: 4 });
      (await Xsk.open(umem, { ifname, queueId: 3 })).close();
      await expect(Xsk.open(umem, { ifname, queueId: 4 })).rejects.toMatchObject({
        code: 'FLUX_QUEUE_OUT_OF_RANGE',
        context: { queueCount: 4 },
      });
      umem.close();
    } finally {
      ip(`link del ${ifname}`);
    }
  });

  it('say how interrupts are deferred, where sysfs shows this namespace', () => {
    const sysfs = mkdtempSync(join(tmpdir(), 'fluxnet-sysfs-'));
    execFileSync('mount', ['-t', 'sysfs', 'none', sysfs]);
    try {
      const { ifindex, mac } = kernelBackend.interfaceInfo(pair.a);
      const read = () => napiOfSysfs(pair.a, { ifindex, mac }, sysfs);
      expect(read()).toEqual({ deferHardIrqs: 0, groFlushTimeoutNs: 0, threaded: false });
      const folder = join(sysfs, 'class', 'net', pair.a);
      writeFileSync(join(folder, 'napi_defer_hard_irqs'), '2');
      writeFileSync(join(folder, 'gro_flush_timeout'), '200000');
      expect(read()).toEqual({ deferHardIrqs: 2, groFlushTimeoutNs: 200000, threaded: false });
      // Another interface of the same name, and one that every namespace has.
      expect(napiOfSysfs(pair.a, { ifindex: ifindex + 1, mac }, sysfs)).toBeUndefined();
      expect(napiOfSysfs(pair.a, { ifindex, mac: '02:00:00:00:00:01' }, sysfs)).toBeUndefined();
      const lo = { ifindex: 1, mac: '00:00:00:00:00:00' };
      expect(napiOfSysfs('lo', lo, sysfs)).toBeUndefined();
    } finally {
      execFileSync('umount', [sysfs]);
      rmdirSync(sysfs);
    }
  });

  it('name the program', () => {
    const program = kernelBackend.openProgram({
      ifname: pair.a,
      attachMode: 'generic',
      maxQueues: 2,
      source: { kind: 'redirect' },
    });
    expect(kernelBackend.interfaceInfo(pair.a).program).toEqual({
      id: program.id,
      mode: 'generic',
      name: 'fluxnet_redir', // The kernel keeps 15 characters.
      attachedBy: 'link',
      loadedAt: expect.any(Number),
      uid: 0,
    });
    program.close();
    expect(kernelBackend.interfaceInfo(pair.a).program).toBeUndefined();
  });

  it('name the bridge that an interface belongs to', () => {
    const ifname = `br${process.pid}`;
    ip(`link add ${ifname} type bridge`);
    ip(`link set ${pair.a} master ${ifname}`);
    const { ifindex, kind } = kernelBackend.interfaceInfo(ifname);
    expect(kind).toBe('bridge');
    expect(kernelBackend.interfaceInfo(pair.a).master).toEqual({ ifindex, ifname, kind });
    ip(`link set ${pair.a} nomaster`);
    expect(kernelBackend.interfaceInfo(pair.a).master).toBeUndefined();
    ip(`link del ${ifname}`);
  });

  it('include addresses, neighbours and routes', () => {
    ip(`addr add 10.77.0.1/24 dev ${pair.a}`);
    ip(`addr add 10.78.0.1 peer 10.78.0.2/32 dev ${pair.a}`);
    expect(kernelBackend.addresses(pair.a)).toEqual([
      { family: 4, address: '10.77.0.1', prefixLength: 24, scope: 'global' },
      { family: 4, address: '10.78.0.1', prefixLength: 32, scope: 'global' },
    ]);
    expect(kernelBackend.addresses(pair.b)).toEqual([]);
    expect(kernelBackend.addresses('lo')).toContainEqual({
      family: 4,
      address: '127.0.0.1',
      prefixLength: 8,
      scope: 'host',
    });
    ip(`neigh add 10.77.0.2 lladdr 02:00:00:00:00:09 dev ${pair.a}`);
    expect(kernelBackend.neighbours(pair.a)).toContainEqual({
      family: 4,
      address: '10.77.0.2',
      mac: '02:00:00:00:00:09',
      state: 'permanent',
    });
    expect(kernelBackend.neighbours(pair.b).map(({ address }) => address)).not.toContain(
      '10.77.0.2',
    );
    ip(`route add default via 10.77.0.2 metric 5`);
    ip('route add blackhole 10.79.0.0/16 table 1000');
    const routes = kernelBackend.routes();
    const { ifindex } = kernelBackend.interfaceInfo(pair.a);
    expect(routes).toContainEqual({
      family: 4,
      type: 'unicast',
      destination: '0.0.0.0',
      prefixLength: 0,
      nextHops: [{ gateway: '10.77.0.2', ifindex, ifname: pair.a, weight: 1 }],
      source: undefined,
      metric: 5,
      table: 254,
      scope: 'global',
    });
    expect(routes).toContainEqual(
      expect.objectContaining({ type: 'blackhole', destination: '10.79.0.0', table: 1000 }),
    );
    ip('route del blackhole 10.79.0.0/16 table 1000');
  });

  it('read long tables whole', () => {
    ip(`addr add 10.77.0.1/16 dev ${pair.a}`);
    execFileSync('ip', ['-batch', '-'], {
      input: Array.from(
        { length: 600 },
        (_, i) => `route add 10.${100 + (i >> 8)}.${i & 255}.0/24 via 10.77.0.2\n`,
      ).join(''),
    });
    const { length } = kernelBackend
      .routes()
      .filter(({ destination: d }) => /^10\.10[012]/.test(d));
    expect(length).toBe(600);
  });

  it('are of interfaces that exist', () => {
    const calls = [
      (name: string) => kernelBackend.interfaceInfo(name),
      (name: string) => kernelBackend.addresses(name),
      (name: string) => kernelBackend.neighbours(name),
    ];
    for (const call of calls) {
      for (const name of ['nosuch', 'x'.repeat(16), `${pair.a}\0`, 'a/b']) {
        expect(() => call(name), name).toThrow(
          expect.objectContaining({ code: 'FLUX_UNKNOWN_INTERFACE', errno: -19 }),
        );
      }
      for (const name of ['', 5, undefined, {}]) {
        expect(() => call(name as never)).toThrow('FLUX_INVALID_OPTION');
      }
    }
  });

  it('cost no descriptor', () => {
    const before = held();
    for (let i = 0; i < 50; i++) {
      kernelBackend.interfaceInfo(pair.a);
      kernelBackend.routes();
      expect(() => kernelBackend.addresses('nosuch')).toThrow();
    }
    expect(held()).toEqual(before);
  });

  it('need no rights', () => {
    const core = fileURLToPath(new URL('../../dist/index.js', import.meta.url));
    const output = execFileSync(
      'setpriv',
      [
        ...'--inh-caps=-all --bounding-set=-all'.split(' '),
        process.execPath,
        '--input-type=module',
        '-e',
        `import { readFileSync } from 'node:fs';
         import { kernelBackend as kernel, linkEvents } from ${JSON.stringify(core)};
         const info = kernel.interfaceInfo('${pair.a}');
         kernel.addresses('lo'); kernel.neighbours('lo'); kernel.routes();
         await linkEvents(kernel).return();
         const status = readFileSync('/proc/self/status', 'utf8');
         const rights = /CapEff:\\s*(\\w+)/.exec(status)[1];
         console.log(JSON.stringify({ ...info, rights, events: kernel.capabilities().features['link-events'] }));`,
      ],
      { encoding: 'utf8' },
    );
    expect(JSON.parse(output)).toEqual({
      ...JSON.parse(JSON.stringify(kernelBackend.interfaceInfo(pair.a))),
      events: true,
      rights: '0000000000000000',
    });
  });
});
