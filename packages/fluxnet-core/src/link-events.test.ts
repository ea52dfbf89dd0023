import { describe, expect, it } from 'vitest';
import type { Backend } from './contract/backend.js';
import type { LinkEvent } from './contract/interface.js';
import { FluxError } from './errors.js';
import { linkEvents } from './link-events.js';

/** As much of a backend as link events need. */
function fakeBackend() {
  const listeners = new Set<(event: LinkEvent) => void>();
  const backend = {
    name: 'simulator',
    interfaceInfo(ifname: string) {
      if (ifname === 'eth0') return { ifindex: 3 };
      throw new FluxError('FLUX_UNKNOWN_INTERFACE', ifname);
    },
    watchLinks(listener: (event: LinkEvent) => void) {
      listeners.add(listener);
      return { overruns: 5, close: () => listeners.delete(listener) };
    },
  } as unknown as Backend;
  const emit = (change: LinkEvent['change'], ifindex = 3) => {
    for (const listener of listeners) listener({ ifname: `eth${ifindex - 3}`, ifindex, change });
  };
  return { backend, emit, listeners };
}

const event = (change: string, ifindex = 3) => ({
  done: false,
  value: { ifname: `eth${ifindex - 3}`, ifindex, change },
});
const END = { done: true, value: undefined };

describe('linkEvents', () => {
  it('gives events in order, those before the first next too', async () => {
    const { backend, emit } = fakeBackend();
    const events = linkEvents(backend);
    emit('down');
    emit('up', 4);
    expect(await events.next()).toEqual(event('down'));
    expect(await events.next()).toEqual(event('up', 4));
    const [first, second] = [events.next(), events.next()];
    emit('carrier');
    emit('no-carrier');
    expect(await first).toEqual(event('carrier'));
    expect(await second).toEqual(event('no-carrier'));
    expect([events.dropped, events.overruns]).toEqual([0, 5]);
    await events.return();
  });

  it('stops listening when the loop is left, and answers that it is over', async () => {
    const { backend, emit, listeners } = fakeBackend();
    const events = linkEvents(backend);
    emit('down');
    emit('up');
    for await (const { change } of events) {
      expect(change).toBe('down');
      break;
    }
    expect(listeners.size).toBe(0);
    expect(await events.next()).toEqual(END);
    expect(await events.return()).toEqual(END);
  });

  it('lets waiting readers go when it is ended', async () => {
    const { backend, listeners } = fakeBackend();
    const events = linkEvents(backend);
    const waiting = [events.next(), events.next()];
    await events[Symbol.asyncDispose]();
    expect(await Promise.all(waiting)).toEqual([END, END]);
    expect(listeners.size).toBe(0);
  });

  it('keeps to one interface, by index, and ends with it', async () => {
    const { backend, emit, listeners } = fakeBackend();
    const seen: string[] = [];
    const events = linkEvents(backend, { ifname: 'eth0' });
    emit('down', 4);
    emit('removed', 4);
    emit('down');
    emit('removed');
    emit('up');
    for await (const { change } of events) seen.push(change);
    expect(seen).toEqual(['down', 'removed']);
    expect(listeners.size).toBe(0);
  });

  it('throws the oldest away when nobody reads, and counts', async () => {
    const { backend, emit } = fakeBackend();
    const events = linkEvents(backend);
    emit('mtu');
    emit('up');
    for (let i = 0; i < 256; i++) emit('down');
    expect(events.dropped).toBe(2);
    expect(await events.next()).toEqual(event('down'));
    await events.return();
  });

  it('rejects once with the reason of its signal, then is over', async () => {
    const { backend, emit, listeners } = fakeBackend();
    for (const when of ['before', 'reading', 'idle'] as const) {
      const controller = new AbortController();
      const reason = new Error('enough');
      if (when === 'before') controller.abort(reason);
      const events = linkEvents(backend, { signal: controller.signal });
      const reading = when === 'reading' ? events.next() : undefined;
      const second = when === 'reading' ? events.next() : undefined;
      if (when === 'idle') emit('down');
      controller.abort(reason);
      await expect(reading ?? events.next(), when).rejects.toBe(reason);
      expect(await (second ?? events.next())).toEqual(END);
      expect(listeners.size).toBe(0);
    }
  });

  it('does not report an abort after its end', async () => {
    const { backend } = fakeBackend();
    const controller = new AbortController();
    const events = linkEvents(backend, { signal: controller.signal });
    await events.return();
    controller.abort();
    expect(await events.next()).toEqual(END);
  });

  it('refuses wrong options and leaves nothing behind', () => {
    const { backend, listeners } = fakeBackend();
    expect(() => linkEvents(backend, { ifname: 'eth1' })).toThrow('FLUX_UNKNOWN_INTERFACE');
    expect(() => linkEvents(backend, { name: 'eth0' } as never)).toThrow('FLUX_UNKNOWN_OPTION');
    expect(() => linkEvents(backend, { signal: 1 } as never)).toThrow(
      'linkEvents.signal is 1, allowed: an AbortSignal',
    );
    const without = { ...backend, watchLinks: undefined } as never;
    expect(() => linkEvents(without)).toThrow(/FLUX_UNSUPPORTED.*no link events/);
    expect(listeners.size).toBe(0);
  });
});
