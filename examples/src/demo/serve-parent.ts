/** The other side of `Child`: answers the parent's requests until its channel closes. */
export function serveParent(
  requests: Readonly<Record<string, () => unknown>>,
  close: () => unknown,
): void {
  // Ctrl-C and a closing terminal reach the whole group; the parent decides how things end.
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => {});
  process.on('message', async (message: { ask: string }) => {
    const answer = message.ask;
    try {
      process.send?.({ answer, value: await requests[answer]!() });
    } catch (error) {
      process.send?.({ answer, error: (error as Error).message });
    }
  });
  // Also when the parent was killed: nothing of ours may stay behind.
  process.once('disconnect', async () => {
    await close();
    process.exit(0);
  });
}

export function sendEvent(event: unknown): void {
  process.send?.({ event }, () => {}); // The parent may be gone.
}
