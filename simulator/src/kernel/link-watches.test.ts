import { type LinkEvent, linkEvents } from 'fluxnet-core';
import { beforeEach, describe, expect, test } from 'vitest';
import { SimNetwork } from '../index.js';
import { frameOf, openPort } from '../testing/port.js';

describe('link events', () => {
  let net: SimNetwork;
  let events: string[];
  const listen = ({ ifname, change, mtu }: LinkEvent) =>
    events.push(`${ifname} ${change}${mtu === undefined ? '' : ` ${mtu}`}`);

  beforeEach(() => {
    net = new SimNetwork();
    events = [];
  });

  test('tell of up, down and carrier, in a turn of their own', async () => {
    const eth0 = net.addInterface('eth0');
    net.backend.watchLinks!(listen);
    eth0.setUp(false);
    expect(events).toEqual([]);
    await net.run(1);
    expect(events).toEqual(['eth0 down', 'eth0 no-carrier']);
    events = [];
    eth0.setCarrier(false);
    eth0.setUp(true);
    eth0.setUp(true);
    await net.run(1);
    eth0.setCarrier(true);
    await net.run(1);
    expect(events).toEqual(['eth0 up', 'eth0 carrier']);
  });

  test('tell of interfaces that come, and of both ends of a pair', async () => {
    net.backend.watchLinks!(listen);
    const [, right] = net.addVethPair('left', 'right');
    await net.run(1);
    expect(events).toEqual(['left up', 'left carrier', 'right up', 'right carrier']);
    events = [];
    right.setUp(false);
    await net.run(1);
    expect(events).toEqual(['left no-carrier', 'right down', 'right no-carrier']);
    events = [];
    expect(net.removeInterface('left')).toBe(true);
    expect(net.removeInterface('right')).toBe(false);
    await net.run(1);
    expect(events.sort()).toEqual(['left removed', 'right removed']);
    expect(net.backend.interfaces()).toEqual([]);
  });

  test('end with the watch, also while they are on their way', async () => {
    const eth0 = net.addInterface('eth0');
    const first = net.backend.watchLinks!(listen);
    const second = net.backend.watchLinks!(listen);
    expect(first.overruns).toBe(0);
    eth0.setUp(false);
    first.close();
    first.close();
    await net.run(1);
    expect(events).toEqual(['eth0 down', 'eth0 no-carrier']);
    second.close();
    eth0.setUp(true);
    await net.run(1);
    expect(events).toHaveLength(2);
  });

  test('are an async iterable', async () => {
    const eth0 = net.addInterface('eth0');
    net.addInterface('eth1').setUp(false);
    const stream = linkEvents(net.backend, { ifname: 'eth0' });
    eth0.setUp(false);
    net.removeInterface('eth0');
    await net.run(1);
    const changes: string[] = [];
    for await (const { change } of stream) changes.push(change);
    expect(changes).toEqual(['down', 'no-carrier', 'removed']);
  });
});

describe('a removed interface', () => {
  test('leaves dead sockets, no program, and a free name with a new index', async () => {
    const net = new SimNetwork();
    const eth0 = net.addInterface('eth0');
    const { socket, queue, umem, program } = openPort(net, 'eth0');
    expect(socket.socketError()).toBe(0);
    net.removeInterface('eth0');
    expect([socket.kick(), socket.wakeRx()]).toEqual([-6, -6]); // ENXIO
    expect([socket.socketError(), socket.socketError()]).toEqual([-100, 0]); // ENETDOWN, once
    eth0.inject(frameOf(64));
    expect(eth0.counters).toMatchObject({ rxPackets: 0, rxDropped: 1 });
    expect(() => net.backend.interfaceInfo('eth0')).toThrow('FLUX_UNKNOWN_INTERFACE');
    const late = net.backend.openSocket(queue, { rxRingSize: 4, txRingSize: 0 });
    expect(() => late.bind({ copyMode: 'auto', needWakeup: true, multiBuffer: false })).toThrow(
      expect.objectContaining({ code: 'FLUX_UNKNOWN_INTERFACE', errno: -19 }),
    );
    const again = net.addInterface('eth0');
    expect([eth0.ifindex, again.ifindex, again.mac]).toEqual([1, 2, '02:00:00:00:00:02']);
    program!.close();
    expect(net.backend.interfaceInfo('eth0').program).toBeUndefined();
    expect(net.backend.addresses('eth0')).toEqual([]);
    expect(net.backend.neighbours('eth0')).toEqual([]);
    expect(net.backend.routes()).toEqual([]);
    expect(() => net.backend.addresses('eth1')).toThrow('FLUX_UNKNOWN_INTERFACE');
    umem.close();
  });
});
