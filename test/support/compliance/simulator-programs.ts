import type { XdpFunction } from 'fluxnet-core';
import type { TestProgram } from 'fluxnet-core/compliance';

/** The programs of kernel-programs.ts, as functions. Each call gives one with counts of its own. */
export function simulatedProgram(program: TestProgram): XdpFunction {
  let seen = 0;
  switch (program.kind) {
    case 'redirect':
    case 'linear':
      return (frame, queueId) => frame.redirect(queueId, 'pass');
    case 'drop-half':
      return (frame) => ((seen++ & 1) === 1 ? 'drop' : frame.redirect(0, 'drop'));
    case 'count-in-metadata':
      return (frame) => {
        if (frame.adjustMetadata(-32) !== 0) return 'drop';
        const start = frame.offset - 32;
        frame.bytes.fill(0, start, frame.offset);
        for (let i = 0; i < 4; i++) frame.bytes[start + i] = (seen >>> (8 * i)) & 0xff;
        seen++;
        return frame.redirect(0, 'drop');
      };
    case 'by-mac':
      return (frame) => frame.redirect(frame.bytes[frame.offset + 5]! >> 1, 'drop');
    case 'adjust-tail':
      return (frame) =>
        frame.adjustTail(program.delta) === 0 ? frame.redirect(0, 'drop') : 'drop';
  }
}
