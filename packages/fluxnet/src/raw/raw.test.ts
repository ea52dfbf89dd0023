import { type SimInterface, SimNetwork } from 'fluxnet-simulator';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { RawOptions } from '../options/raw-options.js';
import { FluxRaw } from './raw.js';

describe('FluxRaw', () => {
  let net: SimNetwork;
  let port: SimInterface;
  let raw: FluxRaw;

  beforeEach(() => {
    net = new SimNetwork();
    port = net.addInterface('port');
  });

  afterEach(() => raw?.close());

  async function open(options: Partial<RawOptions> = {}): Promise<void> {
    raw = await FluxRaw.open({
      backend: net.backend,
      ifname: 'port',
      umem: { frameCount: 16 },
      ...options,
    });
  }

  function fill(count: number): void {
    const reserved = raw.fill.reserve(count);
    for (let i = 0; i < reserved; i++) raw.fill.setAddress(i, raw.frames.take());
    raw.fill.submit(reserved);
  }

  function send(...addresses: readonly number[]): void {
    const reserved = raw.tx.reserve(addresses.length);
    for (let i = 0; i < reserved; i++) raw.tx.setDescriptor(i, addresses[i]!, 60, 0);
    raw.tx.submit(reserved);
  }

  it('numbers frames', async () => {
    await open();
    expect([raw.addressOf(3), raw.frameOf(3 * 2048 + 300)]).toEqual([6144, 3]);
    expect(raw.effective).toMatchObject({ ifname: 'port', queueIds: [0], copyMode: 'copy' });
  });

  it('waits for packets, for room and for completions', async () => {
    await open();
    fill(4);
    const readable = raw.readable();
    await net.run(1);
    port.inject(new Uint8Array(60));
    await net.run(1);
    await readable;
    await raw.readable(); // Still.
    expect(raw.rx.peek(8)).toBe(1);
    raw.rx.release(1);
    const completed = raw.completed();
    send(raw.frames.take());
    await net.run(5); // Waits send before they sleep.
    await completed;
    expect(raw.completion.peek(8)).toBe(1);
    await raw.writable();
    expect(raw.stats()).toMatchObject({ kicks: 1, program: { redirected: 1 } });
  });

  it('waits until half of the TX ring is free', async () => {
    await open({ txRingSize: 4 });
    port.setUp(false);
    send(0, 2048, 4096);
    expect(raw.flush()).toBe(-100);
    let writable = false;
    const wait = raw.writable().then(() => {
      writable = true;
    });
    await net.run(5);
    expect(writable).toBe(false);
    port.setUp(true);
    await net.run(5);
    await wait;
    expect(raw.tx.pending).toBe(0);
  });

  it('ends every wait when it is aborted or closed, or the interface is removed', async () => {
    await open();
    const controller = new AbortController();
    const { signal } = controller;
    const reason = new Error('enough');
    const aborted = expect(raw.readable({ signal })).rejects.toBe(reason);
    const stays = raw.readable();
    await net.run(1);
    controller.abort(reason);
    await aborted;
    await expect(raw.readable({ signal })).rejects.toBe(reason);
    const removed = expect(stays).rejects.toMatchObject({ code: 'FLUX_INTERFACE_REMOVED' });
    net.removeInterface('port');
    await net.run(5);
    await removed;
    await expect(raw.readable()).rejects.toMatchObject({ code: 'FLUX_INTERFACE_REMOVED' });
    port = net.addInterface('port');
    const gone = raw;
    await gone.close();
    await open();
    const closed = expect(raw.readable()).rejects.toMatchObject({ code: 'FLUX_CLOSED' });
    expect(raw.close()).toBe(raw[Symbol.asyncDispose]());
    await closed;
    await expect(raw.writable()).rejects.toMatchObject({ code: 'FLUX_CLOSED' });
    expect(() => raw.stats()).toThrow(/FLUX_CLOSED/);
    expect(() => raw.debugRings()).toThrow(/FLUX_CLOSED/);
    expect([raw.rx.peek(1), raw.tx.reserve(1), raw.kick()]).toEqual([0, 0, -9]);
  });

  it('serves several queues of an interface with one program', async () => {
    const wide = net.addInterface('wide', { queueCount: 2 });
    await open({ ifname: 'wide' });
    fill(4);
    const other = await FluxRaw.open({
      backend: net.backend,
      ifname: 'wide',
      queueId: 1,
      program: raw.program,
    });
    other.fill.submit(other.fill.reserve(1));
    wide.inject(new Uint8Array(60), { queueId: 1 });
    expect([other.rx.pending, raw.rx.pending]).toEqual([1, 0]);
    await other.close();
    wide.inject(new Uint8Array(60), { queueId: 0 });
    expect(raw.rx.pending).toBe(1);
  });

  it('shows its rings and where every frame is', async () => {
    await open({ fillRingSize: 8, rxRingSize: 8, txRingSize: 8, completionRingSize: 8 });
    fill(3);
    port.inject(new Uint8Array(60));
    send(raw.frames.take());
    raw.kick();
    const address = raw.frames.take();
    send(address);
    const { queues, frames, ...dump } = raw.debugRings();
    expect(frames).toEqual({
      total: 16,
      pool: 11,
      rx: 1,
      tx: 1,
      fill: 2,
      completion: 1,
      elsewhere: 0,
      duplicates: [],
    });
    expect(queues[0]).toMatchObject({
      ifname: 'port',
      queueId: 0,
      rx: { used: 1, own: 0, peer: 1, cachedPeer: 0, next: 0, size: 8 },
      tx: { used: 1, own: 2, peer: 1, frames: [raw.frameOf(address)] },
      completion: { used: 1, frames: [3] },
    });
    expect(String({ toString: dump.toString })).toMatch(/port:0 +rx +1\/8 +0 +1 +0 +0/);
    expect(raw.rx.peek(1)).toBe(1);
    send(raw.rx.address(0)); // Sent without being released: it is in both rings.
    expect(raw.debugRings().frames.duplicates).toEqual([raw.frameOf(raw.rx.address(0))]);
    expect(raw.debugRings().toString()).toContain('frames in two places');
  });

  describe('in debug mode', () => {
    beforeEach(() => open({ debug: true }));

    it('lets pass what is right', async () => {
      fill(4);
      port.inject(new Uint8Array(60));
      expect(raw.rx.peek(4)).toBe(1);
      raw.rx.cancel(1);
      expect(raw.rx.peek(4)).toBe(1);
      const address = raw.rx.address(0);
      raw.rx.release(1);
      send(address);
      expect(raw.flush()).toBe(0);
      expect(raw.completion.peek(4)).toBe(1);
      raw.completion.cancel(1);
      expect(raw.completion.peek(4)).toBe(1);
      raw.frames.give(raw.completion.address(0));
      expect(raw.data[address]).toBe(0xa5);
    });

    it.each([
      ['a frame that was never taken', () => send(2048), /frame 1 .*in the pool, not the user's/],
      [
        'a frame sent twice',
        () => {
          const frame = raw.frames.take();
          send(frame);
          send(frame);
        },
        /tx.submit: frame \d+ .*with the kernel to send/,
      ],
      [
        'a frame sent twice in one go',
        () => {
          const frame = raw.frames.take();
          send(frame, frame);
        },
        /tx.submit/,
      ],
      [
        'a frame filled while it is sent',
        () => {
          const frame = raw.frames.take();
          send(frame);
          raw.fill.reserve(1);
          raw.fill.setAddress(0, frame);
          raw.fill.submit(1);
        },
        /fill.submit/,
      ],
      [
        'a frame given back twice',
        () => {
          const frame = raw.frames.take();
          raw.frames.give(frame);
          raw.frames.give(frame);
        },
        /frames.give: frame \d+ .*in the pool/,
      ],
      [
        'a frame given back while the kernel has it',
        () => {
          const frame = raw.frames.take();
          send(frame);
          raw.frames.give(frame + 300);
        },
        /frames.give/,
      ],
    ])('catches %s', (_, misuse, message) => {
      expect(misuse).toThrow(message);
      expect(misuse).toThrow(/FLUX_FRAME_MISUSE/);
    });
  });

  it.each([
    [{ queueIds: [0] }, 'FLUX_UNKNOWN_OPTION', 'raw.queueIds'],
    [{ ports: [] }, 'FLUX_UNKNOWN_OPTION', 'raw.ports'],
    [{ queueId: -1 }, 'FLUX_INVALID_OPTION', 'raw.queueId'],
    [{ txRingSize: 0 }, 'FLUX_INVALID_OPTION', 'raw.txRingSize'],
    [{ backend: undefined }, 'FLUX_INVALID_OPTION', 'raw.backend'],
    [{ program: 1 }, 'FLUX_INVALID_OPTION', 'raw.program'],
    [{ poller: 'poll' }, 'FLUX_INVALID_OPTION', 'raw.poller'],
  ])('refuses %j', async (options, code, path) => {
    await expect(open(options as never)).rejects.toMatchObject({ code, context: { path } });
    expect(net.backend.interfaceInfo('port').program).toBeUndefined();
  });
});
