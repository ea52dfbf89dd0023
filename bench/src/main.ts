import { cpus } from 'node:os';
import { CompletionRing, FillRing, type RingRegion, RxRing, TxRing } from 'fluxnet-core';
import { decodeLayers, Layers, writeUdp } from 'fluxnet-proto';

/**
 * What the parts of the hot path cost in memory that is hot, per packet. A first look: both sides
 * of the rings are played in one thread, and nothing is compared with C.
 */
const BATCH = 64;
const SIZE = 2048;
const SLICES = 301;
const RUNS_PER_SLICE = 1000;

function ring(entryBytes: number): RingRegion {
  return {
    buffer: new ArrayBuffer(320 + SIZE * entryBytes),
    producerOffset: 0,
    consumerOffset: 128,
    flagsOffset: 196,
    descriptorOffset: 320,
    size: SIZE,
  };
}

const packets = new Uint8Array(BATCH * 2048);
const view = new DataView(packets.buffer);
const layers = new Layers();
const mac = Uint8Array.of(2, 0, 0, 0, 0, 1);
for (let i = 0; i < BATCH; i++) {
  writeUdp(packets.subarray(i * 2048), {
    srcMac: mac,
    dstMac: mac,
    srcAddress: 0x0a000001 + i,
    dstAddress: 0x0a000002,
    srcPort: 1024 + i,
    dstPort: 53,
  });
}

const descriptors = ring(16);
const addresses = ring(8);
const tx = new TxRing(descriptors);
const rx = new RxRing(descriptors);
const fill = new FillRing(addresses);
const completion = new CompletionRing(addresses);

/** One batch through two rings, written by one end and read by the other. */
function passBatch(): number {
  const sent = tx.reserve(BATCH);
  for (let i = 0; i < sent; i++) tx.setDescriptor(i, i * 2048, 60, 0);
  tx.submit(sent);
  const received = rx.peek(BATCH);
  const filled = fill.reserve(received);
  let bytes = 0;
  for (let i = 0; i < received; i++) {
    bytes += rx.length(i);
    fill.setAddress(i, rx.address(i));
  }
  rx.release(received);
  fill.submit(filled);
  const done = completion.peek(BATCH);
  for (let i = 0; i < done; i++) bytes += completion.address(i) & 1;
  completion.release(done);
  return bytes;
}

function decodeBatch(): number {
  let ports = 0;
  for (let i = 0; i < BATCH; i++) {
    decodeLayers(view, i * 2048, 60, layers);
    ports += layers.dstPort;
  }
  return ports;
}

/** Median over slices of a few milliseconds, in nanoseconds per packet. */
function nsPerPacket(run: () => number): number {
  const slices: number[] = [];
  let kept = 0; // So that the work is not optimized away.
  for (let slice = 0; slice < SLICES; slice++) {
    const started = performance.now();
    for (let i = 0; i < RUNS_PER_SLICE; i++) kept += run();
    slices.push(((performance.now() - started) * 1e6) / (RUNS_PER_SLICE * BATCH));
  }
  if (Number.isNaN(kept)) throw new Error('the work went wrong');
  return slices.sort((a, b) => a - b)[SLICES >> 1]!;
}

const rows = [
  { name: 'ring.write+read, two rings', value: nsPerPacket(passBatch) },
  { name: 'proto.decodeLayers, UDP', value: nsPerPacket(decodeBatch) },
].map((row) => ({ ...row, unit: 'ns/packet' }));

if (process.argv.includes('--json')) {
  process.stdout.write(`${JSON.stringify(rows, null, 2)}\n`);
} else {
  process.stdout.write(`${cpus()[0]?.model.trim()}, Node ${process.version}, medians\n`);
  for (const { name, value, unit } of rows) {
    process.stdout.write(`${name.padEnd(30)} ${value.toFixed(1).padStart(8)} ${unit}\n`);
  }
}
