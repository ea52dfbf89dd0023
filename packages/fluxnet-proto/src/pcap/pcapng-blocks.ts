import type {
  CaptureBlock,
  CaptureInterface,
  CaptureSection,
  CaptureStatistics,
} from './capture.js';
import { damaged } from './damage.js';
import { type BlockBytes, OPTION_COMMENT, readOptions } from './options.js';
import { BlockType, InterfaceOption, SectionOption, StatisticsOption } from './pcapng-format.js';
import { RESOLUTION_MICROSECONDS, timeOfTicks } from './timestamp.js';

export function sectionOf(block: BlockBytes, body: number, end: number): CaptureSection {
  const options = readOptions(block, body + 16, end);
  return {
    type: 'section',
    format: 'pcapng',
    littleEndian: block.littleEndian,
    hardware: options.text(SectionOption.hardware),
    os: options.text(SectionOption.os),
    application: options.text(SectionOption.application),
    comments: options.texts(OPTION_COMMENT),
    options: options.rest,
  };
}

export function interfaceOf(
  block: BlockBytes,
  body: number,
  end: number,
  interfaceId: number,
): CaptureInterface {
  const options = readOptions(block, body + 8, end);
  return {
    type: 'interface',
    interfaceId,
    linkType: block.view.getUint16(body, block.littleEndian),
    snapLength: block.view.getUint32(body + 4, block.littleEndian),
    timestampResolution:
      options.number(InterfaceOption.timestampResolution, 1) ?? RESOLUTION_MICROSECONDS,
    timestampOffset: options.number(InterfaceOption.timestampOffset, 8, true) ?? 0,
    name: options.text(InterfaceOption.name),
    description: options.text(InterfaceOption.description),
    os: options.text(InterfaceOption.os),
    fcsLength: options.number(InterfaceOption.fcsLength, 1),
    comments: options.texts(OPTION_COMMENT),
    options: options.rest,
  };
}

export function statisticsOf(
  block: BlockBytes,
  body: number,
  end: number,
  interfaces: readonly CaptureInterface[],
): CaptureStatistics {
  const interfaceId = block.view.getUint32(body, block.littleEndian);
  const { timestampResolution, timestampOffset } = interfaceAt(
    block,
    body,
    interfaceId,
    interfaces,
  );
  const time = timeOfTicks(
    block.view.getUint32(body + 4, block.littleEndian),
    block.view.getUint32(body + 8, block.littleEndian),
    timestampResolution,
  );
  const options = readOptions(block, body + 12, end);
  return {
    type: 'statistics',
    interfaceId,
    seconds: time.seconds + timestampOffset,
    nanoseconds: time.nanoseconds,
    received: options.number(StatisticsOption.received, 8),
    dropped: options.number(StatisticsOption.dropped, 8),
    filterAccepted: options.number(StatisticsOption.filterAccepted, 8),
    osDropped: options.number(StatisticsOption.osDropped, 8),
    delivered: options.number(StatisticsOption.delivered, 8),
    comments: options.texts(OPTION_COMMENT),
    options: options.rest,
  };
}

export function blockOf(
  { bytes, littleEndian }: BlockBytes,
  blockType: number,
  body: number,
  end: number,
): CaptureBlock {
  return {
    type: 'block',
    blockType,
    body: bytes.subarray(body, end),
    littleEndian,
    copyable: blockType !== BlockType.customNotCopied,
  };
}

/** The interface that a block names at `field`. */
export function interfaceAt(
  block: BlockBytes,
  field: number,
  interfaceId: number,
  interfaces: readonly CaptureInterface[],
): CaptureInterface {
  const found = interfaces[interfaceId];
  if (found === undefined) {
    throw damaged(
      block.base + field,
      `interface ${interfaceId} of ${interfaces.length} that the section has described`,
    );
  }
  return found;
}
