import { writeArp, writeUdp } from 'fluxnet-proto';
import { beforeEach, describe, expect, it } from 'vitest';
import { PacketLoop } from '../datapath/packet-loop.js';
import { MemoryQueue } from '../testing/memory-queue.js';
import type { Packet } from './packet.js';
import { DROP } from './packet-table.js';

const OPTIONS = { portCount: 1, batchSize: 16, txFull: 'dropNew', debug: false } as const;
const macs = { srcMac: Uint8Array.of(2, 0, 0, 0, 0, 1), dstMac: Uint8Array.of(2, 0, 0, 0, 0, 2) };

describe('a batch', () => {
  let memory: MemoryQueue;
  let loop: PacketLoop;

  beforeEach(() => open());

  function open(options: { debug?: boolean; multiBuffer?: boolean } = {}): void {
    const { debug = false, multiBuffer = false } = options;
    memory = new MemoryQueue({ multiBuffer });
    loop = new PacketLoop(memory, memory.frames, [memory.queue], { ...OPTIONS, debug });
    memory.queue.refill();
  }

  function receive(...packets: readonly (readonly number[])[]): void {
    for (const lengths of packets) memory.receivePacket(...lengths);
    loop.receive(memory.queue);
  }

  it('is read by for…of, forEach, at and index alike', () => {
    receive([60], [61], [62]);
    const { batch } = loop;
    const byIndex = [0, 1, 2].map((i) => [batch.offset(i), batch.length(i)]);
    const seen = (packet: Packet) => [packet.offset, packet.length];
    expect([...batch].map((packet) => packet.index)).toEqual([2, 2, 2]); // One cursor.
    const looped: number[][] = [];
    for (const packet of batch) looped.push(seen(packet));
    expect(looped).toEqual(byIndex);
    const each: [number[], number][] = [];
    batch.forEach((packet, i) => {
      each.push([seen(packet), i]);
    });
    expect(each).toEqual(byIndex.map((packet, i) => [packet, i]));
    expect([0, 1, 2].map((i) => seen(batch.at(i)))).toEqual(byIndex);
    expect(() => batch.at(3)).toThrow(RangeError);
    expect(() => batch.at(-1)).toThrow(RangeError);
    expect(() => batch.at(Number.NaN)).toThrow(RangeError);
  });

  it('is empty when nothing has come, and after it is settled', () => {
    receive();
    expect([...loop.batch]).toEqual([]);
    receive([60]);
    expect(loop.batch.count).toBe(1);
    loop.settle();
    expect(loop.batch.count).toBe(0);
    expect([...loop.batch]).toEqual([]);
  });

  it('can be looped over inside a loop, after a break, and after an error', () => {
    receive([60], [61]);
    const pairs: string[] = [];
    for (const a of loop.batch) for (const b of loop.batch) pairs.push(`${a.length} ${b.length}`);
    expect(pairs).toEqual(['60 60', '60 61', '61 60', '61 61']);
    for (const _ of loop.batch) break;
    expect(() => {
      for (const _ of loop.batch) throw new Error('mine');
    }).toThrow('mine');
    let count = 0;
    for (const _ of loop.batch) count++;
    expect(count).toBe(2);
  });

  it('ends a loop that outlives it', () => {
    receive([60], [61]);
    const lengths: number[] = [];
    for (const packet of loop.batch) {
      lengths.push(packet.length);
      loop.settle();
    }
    expect(lengths).toEqual([60]);
  });

  it('gives a packet its layers and headers, decoded when asked for', () => {
    const [udp, arp] = [memory.receivePacket(60)[0]!, memory.receivePacket(60)[0]!];
    writeUdp(memory.bytes.subarray(udp), {
      ...macs,
      srcAddress: 0x0a000001,
      dstAddress: 0x0a000002,
      srcPort: 7,
      dstPort: 9,
      payload: new Uint8Array(18),
    });
    writeArp(memory.bytes.subarray(arp), {
      ...macs,
      operation: 1,
      senderMac: macs.srcMac,
      senderAddress: 1,
      targetMac: macs.dstMac,
      targetAddress: 2,
    } as never);
    loop.receive(memory.queue);
    const packet = loop.batch.at(0);
    expect(packet.layers.dstPort).toBe(9);
    const { headers } = packet;
    expect(headers.ethernet!.etherType).toBe(0x0800);
    expect(headers.ipv4!.srcAddress).toBe(0x0a000001);
    expect(headers.udp!.srcPort).toBe(7);
    expect([headers.tcp, headers.arp, headers.icmpv4]).toEqual([undefined, undefined, undefined]);
    headers.udp!.dstPort = 10;
    expect(packet.layers.dstPort).toBe(9);
    expect(packet.decode().dstPort).toBe(10);
    const { headers: next } = loop.batch.at(1);
    expect(next.arp!.operation).toBe(1);
    expect(next.ipv4).toBeUndefined();
  });

  it('moves both ends of a packet inside its frame, and nowhere else', () => {
    receive([60]);
    const packet = loop.batch.at(0);
    const { offset } = packet;
    expect([packet.headroom, packet.tailroom]).toEqual([256, 2048 - 256 - 60]);
    expect(packet.adjustHead(-256)).toBe(true);
    expect([packet.offset, packet.length, packet.headroom]).toEqual([offset - 256, 316, 0]);
    for (const wrong of [-1, 316, 0.5, Number.NaN, 2 ** 32]) {
      expect(packet.adjustHead(wrong)).toBe(false);
    }
    expect(packet.adjustHead(315)).toBe(true);
    expect(packet.length).toBe(1);
    expect(packet.setLength(packet.tailroom + 1)).toBe(true);
    expect(packet.tailroom).toBe(0);
    for (const wrong of [packet.length + 1, 0, -1, 1.5, Number.NaN, 2 ** 32 + 1]) {
      expect(packet.setLength(wrong)).toBe(false);
    }
  });

  it('shows a packet of several fragments as one', () => {
    open({ multiBuffer: true });
    const addresses = memory.receivePacket(1700, 1700, 100);
    for (const [i, address] of addresses.entries()) {
      memory.bytes.fill(i + 1, address, address + 1700);
    }
    receive([60]);
    const packet = loop.batch.at(0);
    expect([packet.length, packet.fragmentCount, packet.offset]).toEqual([3500, 3, addresses[0]]);
    const fragments = [0, 1, 2].map((i) => [packet.fragmentOffset(i), packet.fragmentLength(i)]);
    expect(fragments).toEqual([
      [addresses[0], 1700],
      [addresses[1], 1700],
      [addresses[2], 100],
    ]);
    const copy = packet.copy();
    expect([copy.length, copy[0], copy[1700], copy[3400]]).toEqual([3500, 1, 2, 3]);
    expect(packet.adjustHead(10)).toBe(true);
    expect(packet.setLength(3440)).toBe(true);
    expect(packet.setLength(3390)).toBe(false); // It would lose its last fragment.
    expect([packet.fragmentLength(0), packet.fragmentLength(2)]).toEqual([1690, 50]);
    expect(packet.copy().length).toBe(3440);
    expect(loop.batch.at(1).fragmentCount).toBe(1);
  });

  it('decides by packet or by index, and knows its ports', () => {
    receive([60], [60]);
    const { batch } = loop;
    batch.at(0).tx();
    expect([batch.action(0), batch.at(0).action, batch.action(1)]).toEqual([0, 0, DROP]);
    batch.drop(0);
    batch.forward(1, 0);
    expect([batch.action(0), batch.action(1)]).toEqual([DROP, 0]);
    for (const port of [1, -1, Number.NaN]) {
      expect(() => batch.forward(0, port)).toThrow(/ports are 0 to 0/);
      expect(() => batch.at(0).forward(port)).toThrow(RangeError);
    }
    expect(() => batch.host(0)).toThrow(/no host port/);
    expect(() => batch.at(0).host()).toThrow(/no host port/);
  });

  describe('in debug mode', () => {
    beforeEach(() => open({ debug: true }));

    it('does the same', () => {
      receive([60], [61]);
      const lengths: number[] = [];
      for (const packet of loop.batch) {
        lengths.push(packet.length);
        packet.tx();
        expect(packet.adjustHead(-4)).toBe(true);
      }
      expect(lengths).toEqual([60, 61]);
      expect(loop.batch.action(1)).toBe(0);
      expect(loop.batch.at(1).copy()).toHaveLength(65);
    });

    it('refuses a packet of a batch that has ended', () => {
      receive([60]);
      const packet = loop.batch.at(0);
      loop.settle();
      receive([60]);
      expect(() => packet.length).toThrow(/FLUX_PACKET_STALE.*its batch has ended/);
      expect(() => packet.tx()).toThrow(/FLUX_PACKET_STALE/);
    });

    it('refuses a packet that its cursor has left', () => {
      receive([60], [61]);
      const kept = [...loop.batch];
      expect(() => kept[0]!.length).toThrow(/moved to another packet/);
      expect(kept[1]!.length).toBe(61);
      const first = loop.batch.at(0);
      const second = loop.batch.at(1);
      expect(() => first.offset).toThrow(/FLUX_PACKET_STALE/);
      expect(second.length).toBe(61);
      for (const outer of loop.batch) {
        for (const _ of loop.batch); // Another cursor.
        expect(outer.length).toBeGreaterThan(0);
      }
    });
  });
});
