import type { Clock } from './contract/clock.js';

const FIRST_DELAY_MS = 5;
const MAX_DELAY_MS = 50;
const LIMIT_MS = 1000;

/**
 * Repeats an opening call for up to a second while its error is one that goes away by itself: the
 * kernel releases queues and locked memory a few milliseconds after they were closed.
 */
export async function retryWhile<T>(
  clock: Clock,
  temporary: (error: unknown) => boolean,
  open: () => T,
): Promise<T> {
  const started = clock.now();
  for (let delayMs = FIRST_DELAY_MS; ; delayMs = Math.min(2 * delayMs, MAX_DELAY_MS)) {
    try {
      return open();
    } catch (error) {
      if (!temporary(error) || clock.now() - started + delayMs > LIMIT_MS) throw error;
    }
    await clock.sleep(delayMs);
  }
}
