import { describe, expect, test } from 'vitest';
import { SimNetwork } from '../network/sim-network.js';
import { EventHeap } from './event-heap.js';

describe('event heap', () => {
  test('gives events by time, then in the order they came', () => {
    const heap = new EventHeap();
    const times = [5, 1, 3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5];
    times.forEach((timeNs, sequence) => {
      heap.push({ timeNs, sequence, run: () => {}, cancelled: false });
    });
    const popped: [number, number][] = [];
    for (let event = heap.pop(); event !== undefined; event = heap.pop()) {
      popped.push([event.timeNs, event.sequence]);
    }
    const expected = times.map((timeNs, sequence): [number, number] => [timeNs, sequence]);
    expect(popped).toEqual(expected.sort((a, b) => a[0] - b[0] || a[1] - b[1]));
  });

  test('skips what was cancelled', () => {
    const heap = new EventHeap();
    const events = [1, 2, 3].map((timeNs) => ({
      timeNs,
      sequence: timeNs,
      run: () => {},
      cancelled: false,
    }));
    for (const event of events) heap.push(event);
    events[0]!.cancelled = true;
    events[2]!.cancelled = true;
    expect(heap.pop()).toBe(events[1]);
    expect(heap.pop()).toBeUndefined();
  });
});

describe('clock', () => {
  test('stands still until time is run', async () => {
    const { clock, ...net } = new SimNetwork();
    expect(net.seed).toBe(1);
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect(clock.now()).toBe(0);
  });

  test('wakes sleepers in order, and code that sleeps again', async () => {
    const net = new SimNetwork();
    const log: string[] = [];
    const worker = async (name: string, periodMs: number) => {
      for (let i = 0; i < 3; i++) {
        await net.clock.sleep(periodMs);
        log.push(`${name}@${net.clock.now()}`);
      }
    };
    worker('a', 2);
    worker('b', 3);
    await net.run(7);
    expect(log).toEqual(['a@2', 'b@3', 'a@4', 'b@6', 'a@6']);
    expect(net.clock.now()).toBe(7);
  });

  test('a turn takes a microsecond, so that a spinning loop lets time pass', async () => {
    const net = new SimNetwork();
    let turns = 0;
    const spin = () => {
      turns++;
      net.clock.nextTurn(spin);
    };
    spin();
    await net.run(0.1);
    expect(turns).toBe(101);
  });

  test('so does a loop that sleeps for no time', async () => {
    const net = new SimNetwork({ turnUs: 10 });
    let turns = 0;
    (async () => {
      for (;;) {
        await net.clock.sleep(0);
        turns++;
      }
    })();
    await net.run(1);
    expect(turns).toBe(100);
  });

  test('sleep ends when it is aborted', async () => {
    const net = new SimNetwork();
    const controller = new AbortController();
    const reason = new Error('enough');
    const outcome = net.clock.sleep(10, { signal: controller.signal }).catch((error) => error);
    net.clock.timer(1, () => controller.abort(reason));
    await net.run(2);
    expect(await outcome).toBe(reason);
    await expect(net.clock.sleep(1, { signal: controller.signal })).rejects.toBe(reason);
  });

  test('a cancelled timer does not fire', async () => {
    const net = new SimNetwork();
    let fired = 0;
    const timer = net.clock.timer(1, () => fired++);
    net.clock.timer(1, () => fired++);
    timer.cancel();
    await net.run(2);
    expect(fired).toBe(1);
  });
});

describe('run', () => {
  test('settles long chains of promises before time goes on', async () => {
    const net = new SimNetwork();
    let at = -1;
    net.clock.sleep(1).then(async () => {
      for (let i = 0; i < 1000; i++) await null;
      at = net.clock.now();
    });
    net.clock.timer(1.0001, () => {});
    await net.run(5);
    expect(at).toBe(1);
  });

  test('runUntil stops at the moment, or at the limit', async () => {
    const net = new SimNetwork();
    let done = false;
    net.clock.timer(3, () => {
      done = true;
    });
    expect(await net.runUntil(() => done, { limitMs: 2 })).toBe(false);
    expect(net.clock.now()).toBe(2);
    expect(await net.runUntil(() => done, { limitMs: 2 })).toBe(true);
    expect(net.clock.now()).toBe(3);
  });

  test('cannot be nested, and refuses what is not a time', async () => {
    const net = new SimNetwork();
    const running = net.run(1);
    await expect(net.run(1)).rejects.toThrow('FLUX_UNSUPPORTED');
    await running;
    await expect(net.run(-1)).rejects.toThrow('FLUX_INVALID_OPTION');
    await expect(net.run(Number.NaN)).rejects.toThrow('FLUX_INVALID_OPTION');
  });

  test('passes on what a callback throws, and can go on', async () => {
    const net = new SimNetwork();
    net.clock.timer(1, () => {
      throw new Error('in a callback');
    });
    await expect(net.run(2)).rejects.toThrow('in a callback');
    await net.run(1);
    expect(net.clock.now()).toBe(2);
  });
});
