/**
 * Waits one real turn of the event loop, so that every promise callback that is ready has run.
 * A turn takes real time but virtual time stands still meanwhile, hence nothing can be observed
 * of how long it took.
 */
export const settle: () => Promise<void> = makeSettle();

function makeSettle(): () => Promise<void> {
  // Taken once: a test runner's fake timers must not stop virtual time.
  const later = globalThis.setImmediate as typeof setImmediate | undefined;
  if (later !== undefined) {
    return () =>
      new Promise((resolve) => {
        later(resolve);
      });
  }
  // Browsers: a message is a task of its own and, unlike a timer, is not clamped to 4 ms.
  const { port1, port2 } = new MessageChannel();
  const waiting: (() => void)[] = [];
  port1.addEventListener('message', () => waiting.shift()?.());
  port1.start();
  return () =>
    new Promise((resolve) => {
      waiting.push(resolve);
      port2.postMessage(0);
    });
}
