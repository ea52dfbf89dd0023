import type { CaptureEvent } from './capture.js';
import { CaptureReader, type CaptureReaderOptions } from './capture-reader.js';

/**
 * Reads a capture from a stream: a Node.js stream, a web stream, anything that yields chunks.
 *
 * @throws {FluxError} `FLUX_CAPTURE_MALFORMED`, `FLUX_CAPTURE_TRUNCATED`, after all that is sound
 */
export async function* readCapture(
  source: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  options?: CaptureReaderOptions,
): AsyncGenerator<CaptureEvent, void, undefined> {
  const reader = new CaptureReader(options);
  for await (const chunk of source) {
    reader.push(chunk);
    yield* eventsOf(reader);
  }
  reader.end();
}

/**
 * Reads a capture that is in memory as a whole.
 *
 * @throws {FluxError} `FLUX_CAPTURE_MALFORMED`, `FLUX_CAPTURE_TRUNCATED`, after all that is sound
 */
export function* parseCapture(
  bytes: Uint8Array,
  options?: CaptureReaderOptions,
): Generator<CaptureEvent, void, undefined> {
  const reader = new CaptureReader(options);
  reader.push(bytes);
  yield* eventsOf(reader);
  reader.end();
}

function* eventsOf(reader: CaptureReader): Generator<CaptureEvent, void, undefined> {
  for (let event = reader.next(); event !== undefined; event = reader.next()) yield event;
}
