/** The three kinds of packet blocks of pcapng. */

import type { CaptureInterface, CapturePacket } from './capture.js';
import { damaged } from './damage.js';
import { type BlockBytes, OPTION_COMMENT, padded, readOptions } from './options.js';
import { interfaceAt } from './pcapng-blocks.js';
import { PacketOption } from './pcapng-format.js';
import { timeOfTicks } from './timestamp.js';

export function enhancedPacketOf(
  block: BlockBytes,
  body: number,
  end: number,
  interfaces: readonly CaptureInterface[],
): CapturePacket {
  const interfaceId = block.view.getUint32(body, block.littleEndian);
  return timedPacket(block, body, end, interfaceId, interfaces);
}

/** As an enhanced one, but for a count of drops in half of the field for the interface. */
export function obsoletePacketOf(
  block: BlockBytes,
  body: number,
  end: number,
  interfaces: readonly CaptureInterface[],
): CapturePacket {
  const interfaceId = block.view.getUint16(body, block.littleEndian);
  return timedPacket(block, body, end, interfaceId, interfaces);
}

/** Has no interface (it is the first), no time, no options, and does not say what was captured. */
export function simplePacketOf(
  block: BlockBytes,
  body: number,
  end: number,
  interfaces: readonly CaptureInterface[],
): CapturePacket {
  const { linkType, snapLength } = interfaceAt(block, body, 0, interfaces);
  const originalLength = block.view.getUint32(body, block.littleEndian);
  const limit = snapLength === 0 ? originalLength : Math.min(originalLength, snapLength);
  const data = dataOf(block, body, body + 4, limit, end);
  const options = readOptions(block, end, end);
  return {
    type: 'packet',
    interfaceId: 0,
    linkType,
    seconds: 0,
    nanoseconds: 0,
    hasTime: false,
    originalLength,
    data,
    flags: undefined,
    comments: options.texts(OPTION_COMMENT),
    options: options.rest,
  };
}

function timedPacket(
  block: BlockBytes,
  body: number,
  end: number,
  interfaceId: number,
  interfaces: readonly CaptureInterface[],
): CapturePacket {
  const { view, littleEndian } = block;
  const { linkType, timestampResolution, timestampOffset } = interfaceAt(
    block,
    body,
    interfaceId,
    interfaces,
  );
  const time = timeOfTicks(
    view.getUint32(body + 4, littleEndian),
    view.getUint32(body + 8, littleEndian),
    timestampResolution,
  );
  const length = view.getUint32(body + 12, littleEndian);
  const data = dataOf(block, body + 12, body + 20, length, end);
  const options = readOptions(block, body + 20 + padded(length), end);
  return {
    type: 'packet',
    interfaceId,
    linkType,
    seconds: time.seconds + timestampOffset,
    nanoseconds: time.nanoseconds,
    hasTime: true,
    originalLength: view.getUint32(body + 16, littleEndian),
    data,
    flags: options.number(PacketOption.flags, 4),
    comments: options.texts(OPTION_COMMENT),
    options: options.rest,
  };
}

/** `length` bytes at `start`, as the block says at `field`; with their padding they must fit. */
function dataOf(
  block: BlockBytes,
  field: number,
  start: number,
  length: number,
  end: number,
): Uint8Array {
  // Not `padded(length)`: bit operations wrap, and the length is whatever the file says.
  if (length > end - start) {
    throw damaged(
      block.base + field,
      `a packet of ${length} bytes in a block with ${end - start} for it`,
    );
  }
  return block.bytes.subarray(start, start + length);
}
