import { describe, expect, it } from 'vitest';
import type { NapiSettings, XdpFeatures } from './contract/interface.js';
import type { UmemRegistration } from './contract/umem.js';
import { busyPollEffective, txMetadataEffective } from './socket-features.js';

describe('busy polling', () => {
  const napi = (deferHardIrqs?: number, groFlushTimeoutNs?: number): NapiSettings => ({
    deferHardIrqs,
    groFlushTimeoutNs,
    irqSuspendTimeoutNs: undefined,
    threaded: undefined,
  });
  const of = (wide: NapiSettings, queue?: NapiSettings) =>
    busyPollEffective(
      { timeUs: 20, budget: 64 },
      { ifname: 'eth0', queueId: 1 },
      { ...wide, rxQueues: queue === undefined ? [] : [{ ...queue, queueId: 1, napiId: 9 }] },
    ).interruptsDeferred;

  it.each([
    ['both are set', napi(2, 200_000), undefined, true],
    ['one is not', napi(0, 200_000), undefined, false],
    ['the other is not', napi(2, 0), undefined, false],
    ['nobody tells', napi(), undefined, undefined],
    ['the queue has its own', napi(0, 0), napi(2, 200_000), true],
    ['the queue has none', napi(2, 200_000), napi(0, 0), false],
    ['the queue does not tell', napi(2, 200_000), napi(), true],
  ])('%s', (_, wide, queue, deferred) => {
    expect(of(wide, queue)).toBe(deferred);
  });

  it('says what to do, unless it is done', () => {
    const options = { timeUs: 20, budget: 64 };
    const queue = { ifname: 'eth0', queueId: 0 };
    expect(busyPollEffective(options, queue, undefined)).toEqual({
      ...options,
      interruptsDeferred: undefined,
      hint: expect.stringMatching(/eth0\/napi_defer_hard_irqs.*eth0\/gro_flush_timeout/),
    });
    const { hint } = busyPollEffective(options, queue, { ...napi(1, 1), rxQueues: [] });
    expect(hint).toBeUndefined();
  });
});

describe('requests with packets', () => {
  const umem = (txMetadataLength: number, txSoftwareChecksum = false) =>
    ({ txMetadataLength, txSoftwareChecksum }) as UmemRegistration;
  const driver = (...txMetadata: XdpFeatures['txMetadata']): XdpFeatures => ({
    driver: [],
    rxMetadata: [],
    txMetadata,
    zeroCopyMaxSegments: undefined,
  });

  it.each([
    [
      'no room',
      umem(0),
      true,
      driver('checksum', 'timestamp', 'launch-time'),
      'software',
      false,
      false,
    ],
    ['copy mode', umem(24), false, undefined, 'device', true, false],
    ['copy mode, by the kernel', umem(24, true), false, driver(), 'kernel', true, false],
    ['copy mode, a clock', umem(24), false, driver('launch-time'), 'device', true, true],
    ['zero-copy, nothing', umem(24, true), true, driver(), 'software', false, false],
    ['zero-copy, unknown', umem(24), true, undefined, 'software', false, false],
    ['zero-copy, checksum', umem(24), true, driver('checksum'), 'device', false, false],
    [
      'zero-copy, times',
      umem(24),
      true,
      driver('timestamp', 'launch-time'),
      'software',
      true,
      true,
    ],
  ] as const)('%s', (_, registration, zeroCopy, features, checksum, timestamp, launchTime) => {
    const effective = txMetadataEffective(registration, zeroCopy, features);
    expect(effective).toEqual({ checksum, timestamp, launchTime });
  });
});
