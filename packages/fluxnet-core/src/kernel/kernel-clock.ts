import { setTimeout as sleep } from 'node:timers/promises';
import type { Clock, Timer } from '../contract/clock.js';

/** The process's own monotonic time and event loop. */
export const kernelClock: Clock = {
  now: () => performance.now(),

  async sleep(timeMs, options) {
    try {
      await sleep(
        timeMs,
        undefined,
        options?.signal === undefined ? {} : { signal: options.signal },
      );
    } catch (error) {
      // The reason is what the caller aborted with; Node wraps it.
      throw options?.signal?.aborted === true ? options.signal.reason : error;
    }
  },

  timer(timeMs, callback): Timer {
    const timer = setTimeout(callback, timeMs).unref();
    return { cancel: () => clearTimeout(timer) };
  },

  nextTurn(callback) {
    setImmediate(callback);
  },
};
