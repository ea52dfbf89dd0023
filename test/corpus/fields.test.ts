import { describe, expect, test } from 'vitest';
import { compareCorpus } from '../../packages/fluxnet-proto/src/testing/corpus/compare.js';
import { hasCorpus } from '../support/corpus.js';

/**
 * Fields in which views and tshark still differ without an explanation. A change may make these
 * fewer, never more.
 */
const OPEN: Readonly<Record<string, number>> = {
  eth: 98,
  vlan: 52,
  mpls: 18,
  arp: 18,
  ip: 773,
  ipv6: 56,
  'ipv6 extensions': 6,
  tcp: 505,
  udp: 128,
  icmp: 23,
  icmpv6: 9,
  igmp: 7,
  gre: 56,
};

describe.skipIf(!hasCorpus)('captures of other projects: fields', () => {
  test('are what tshark says, but for those that are counted here', { timeout: 120_000 }, () => {
    const { tallies, packets } = compareCorpus(process.env.FLUXNET_CORPUS!);
    expect(packets).toBeGreaterThan(10_000);
    for (const [protocol, { compared, equal, beyond, explained }] of tallies) {
      expect(compared, protocol).toBeGreaterThan(0);
      const open = compared - equal - beyond - explained;
      expect(open, protocol).toBeLessThanOrEqual(OPEN[protocol] ?? 0);
    }
  });
});
