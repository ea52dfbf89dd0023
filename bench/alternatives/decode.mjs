// @ts-check
/**
 * fluxnet-proto beside the decoders of npm's `cap` and `pcap`, in one process, in turns. All three
 * find the addresses and ports of the same UDP packets.
 *
 * The two are not installed with the workspace: see docs/bench.md.
 */
import { createRequire } from 'node:module';
import {
  decodeLayers,
  Ipv4Header,
  Layers,
  writeUdp,
} from '../../packages/fluxnet-proto/dist/index.js';

const BATCH = 64;
const FRAME_SIZE = 2048;
const PACKET_LENGTH = 64;
const HEADERS = 14 + 20 + 8;
const ROUNDS = 60;
const SLICE_MS = 20;

const require = createRequire(import.meta.url);
const cap = require('cap/lib/Decoders.js');
const pcap = require('pcap/decode');

const memory = Buffer.alloc(BATCH * FRAME_SIZE);
const view = new DataView(memory.buffer, memory.byteOffset, memory.byteLength);
const mac = Uint8Array.of(2, 0, 0, 0, 0, 1);
const frames = Array.from({ length: BATCH }, (_, i) => {
  const frame = memory.subarray(i * FRAME_SIZE, i * FRAME_SIZE + PACKET_LENGTH);
  writeUdp(frame, {
    srcMac: mac,
    dstMac: mac,
    srcAddress: 0x0a000001 + i,
    dstAddress: 0x0a000002,
    srcPort: 4000 + i,
    dstPort: 5000,
    payload: new Uint8Array(PACKET_LENGTH - HEADERS),
  });
  return frame;
});

const layers = new Layers();
const ip = new Ipv4Header(view);
const header = Buffer.alloc(16);
header.writeUInt32LE(PACKET_LENGTH, 8);
header.writeUInt32LE(PACKET_LENGTH, 12);

/** One pass over the batch each; what is returned keeps the work from being optimised away. */
const decoders = {
  'fluxnet-proto': () => {
    let kept = 0;
    for (let i = 0; i < BATCH; i++) {
      decodeLayers(view, i * FRAME_SIZE, PACKET_LENGTH, layers);
      ip.at(layers.l3Offset);
      kept += layers.srcPort + layers.dstPort + (ip.srcAddress & 1) + (ip.dstAddress & 1);
    }
    return kept;
  },
  cap: () => {
    let kept = 0;
    for (const frame of frames) {
      const ethernet = cap.Ethernet(frame);
      const ipv4 = cap.IPV4(frame, ethernet.offset);
      const udp = cap.UDP(frame, ipv4.offset);
      kept += udp.info.srcport + udp.info.dstport;
      kept += ipv4.info.srcaddr.length + ipv4.info.dstaddr.length;
    }
    return kept;
  },
  pcap: () => {
    let kept = 0;
    for (const frame of frames) {
      const packet = pcap.decode({ link_type: 'LINKTYPE_ETHERNET', header, buf: frame });
      const ipv4 = packet.payload.payload;
      kept += ipv4.payload.sport + ipv4.payload.dport;
      kept += (ipv4.saddr.addr[3] & 1) + (ipv4.daddr.addr[3] & 1);
    }
    return kept;
  },
};

/** @param {() => number} pass */
function nsPerPacket(pass) {
  const start = performance.now();
  let passes = 0;
  let kept = 0;
  let now = start;
  for (; now < start + SLICE_MS; now = performance.now()) {
    for (let i = 0; i < 16; i++) kept ^= pass();
    passes += 16;
  }
  if (kept === -1) throw new Error('unreachable');
  return ((now - start) * 1e6) / (passes * BATCH);
}

/** @type {Record<string, number[]>} */
const samples = {};
for (let round = 0; round < ROUNDS; round++) {
  for (const [name, pass] of Object.entries(decoders)) {
    const ns = nsPerPacket(pass);
    // The first rounds warm up.
    if (round >= 5) samples[name] = [...(samples[name] ?? []), ns];
  }
}

const medians = Object.entries(samples).map(([name, values]) => [
  name,
  values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0,
]);
const [[, ours]] = /** @type {[string, number][]} */ (medians);
process.stdout.write(`Node ${process.versions.node}, ns per packet, medians of ${ROUNDS - 5}\n`);
for (const [name, ns] of /** @type {[string, number][]} */ (medians)) {
  process.stdout.write(
    `${name.padEnd(14)} ${ns.toFixed(1).padStart(7)}   ${(ns / ours).toFixed(0)}x\n`,
  );
}
