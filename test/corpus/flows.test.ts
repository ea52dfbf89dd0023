import { communityId, FlowKey, parseIpv4, parseIpv6, ToeplitzHash } from 'fluxnet-proto';
import { describe, expect, test } from 'vitest';
import { corpusJson, hasCorpus } from '../support/corpus.js';

interface RssVectors {
  readonly key: string;
  readonly vectors: readonly {
    readonly src: string;
    readonly sport: number;
    readonly dst: string;
    readonly dport: number;
    readonly hash_2tuple: string;
    readonly hash_4tuple: string;
  }[];
}

interface CommunityVector {
  readonly proto: number;
  readonly saddr: string;
  readonly daddr: string;
  readonly sport: number;
  readonly dport: number;
  readonly communityid: string;
}

/** A header with nothing but addresses, and ports behind it. */
function packetOf(src: string, dst: string, srcPort: number, dstPort: number): DataView {
  const isV6 = src.includes(':');
  const view = new DataView(new ArrayBuffer(44));
  if (isV6) new Uint8Array(view.buffer).set([...parseIpv6(src), ...parseIpv6(dst)], 8);
  else {
    view.setUint32(12, parseIpv4(src));
    view.setUint32(16, parseIpv4(dst));
  }
  view.setUint16(40, srcPort);
  view.setUint16(42, dstPort);
  return view;
}

describe.skipIf(!hasCorpus)('vectors in the folder FLUXNET_CORPUS', () => {
  test('of RSS agree', () => {
    const { key, vectors } = corpusJson<RssVectors>('extra/rss-toeplitz.json')!;
    const hash = new ToeplitzHash(Buffer.from(key, 'hex'));
    expect(vectors.length).toBeGreaterThan(5);
    for (const { src, sport, dst, dport, hash_2tuple, hash_4tuple } of vectors) {
      const view = packetOf(src, dst, sport, dport);
      const version = src.includes(':') ? 'ipv6' : 'ipv4';
      expect.soft(hash[version](view, 0), src).toBe(Number.parseInt(hash_2tuple, 16));
      expect.soft(hash[version](view, 0, 40), src).toBe(Number.parseInt(hash_4tuple, 16));
    }
  });

  test('of Community ID agree', () => {
    const sets = corpusJson<Record<string, CommunityVector[]>>('extra/community-id.json')!;
    for (const [name, seed] of [
      ['deflt', 0],
      ['nob64', 0],
      ['seed1', 1],
    ] as const) {
      expect(sets[name]!.length).toBeGreaterThan(5);
      for (const { proto, saddr, daddr, sport, dport, communityid } of sets[name]!) {
        const view = packetOf(saddr, daddr, sport, dport);
        view.setUint8(9, saddr.includes(':') ? view.getUint8(9) : proto);
        const flow = saddr.includes(':')
          ? new FlowKey().setIpv6(view, 0, proto, sport, dport)
          : new FlowKey().setIpv4(view, 0, sport, dport);
        const id = communityId(flow, seed);
        const hex = `1:${Buffer.from(id.slice(2), 'base64').toString('hex')}`;
        expect.soft(name === 'nob64' ? hex : id, `${saddr} ${daddr}`).toBe(communityid);
      }
    }
  });
});
