import assert from 'node:assert/strict';
import { DESC_CONTINUED } from '../../contract/ring.js';
import type { Port } from '../port.js';
import type { Rig } from '../rig.js';
import { pending, pushFill, takeRx } from '../rings.js';
import { packetBytes, packetNumber } from './packet.js';
import { lengthOf, type StreamOptions } from './stream.js';

const KERNEL_HEADROOM = 256;

/** The receiving end of a stream, with the oracle of the kernel's tests (`receive_pkts`). */
export class Receiver {
  readonly #rig: Rig;
  readonly #port: Port;
  readonly #options: StreamOptions;
  readonly #scratch = new Uint8Array(65536);

  constructor(rig: Rig, port: Port, options: StreamOptions) {
    this.#rig = rig;
    this.#port = port;
    this.#options = options;
  }

  /** Takes these packets, in order, and gives their buffers back to the kernel. */
  async take(numbers: readonly number[]): Promise<void> {
    const { socket, queue } = this.#port;
    let taken = 0;
    let length = 0;
    while (taken < numbers.length) {
      this.#options.awaitRx?.();
      await this.#rig.until('a packet', () => pending(socket.rx!) > 0);
      for (const { addr, len, options } of takeRx(socket.rx)) {
        assert(taken < numbers.length, 'a packet too many');
        this.#checkPlace(addr, len);
        if (length === 0) this.#options.inspect?.(numbers[taken]!, addr);
        this.#scratch.set(this.#port.bytes.subarray(addr, addr + len), length);
        length += len;
        pushFill(queue.fill, this.#chunkOf(addr));
        if ((options & DESC_CONTINUED) !== 0) continue;
        this.#checkPacket(numbers[taken++]!, this.#scratch.subarray(0, length));
        length = 0;
      }
    }
    assert.equal(length, 0, 'a packet is incomplete');
  }

  /** Inside the memory, in one frame, behind the headroom. */
  #checkPlace(addr: number, len: number): void {
    const { umem, memory } = this.#port;
    const { chunkSize, frameHeadroom, unaligned } = umem;
    assert(addr >= 0 && addr + len <= memory.size, `${addr}+${len} is outside the memory`);
    assert(len <= chunkSize - frameHeadroom - KERNEL_HEADROOM, `${len} bytes in one buffer`);
    if (unaligned) return;
    assert.equal(addr % chunkSize, frameHeadroom + KERNEL_HEADROOM, 'offset in the frame');
  }

  #checkPacket(number: number, found: Uint8Array): void {
    const sent = lengthOf(number, this.#options);
    const { tailDelta = 0, socket } = this.#options;
    assert.equal(packetNumber(found), number & 0xffff, 'packet number');
    assert.equal(found.length, sent + tailDelta, `length of packet ${number}`);
    const expected = packetBytes(number, sent, socket);
    const common = Math.min(found.length, sent);
    const same = Buffer.compare(found.subarray(0, common), expected.subarray(0, common)) === 0;
    assert(same, `bytes of packet ${number}`);
  }

  #chunkOf(addr: number): number {
    return addr - KERNEL_HEADROOM - this.#port.umem.frameHeadroom;
  }
}
