export interface Timer {
  /** The callback will not be called any more. */
  cancel(): void;
}

/** Time, as the backend sees it. Nothing above the contract reads the wall clock. */
export interface Clock {
  /** Monotonic milliseconds with a fraction; only differences mean something. */
  now(): number;
  /** Resolves after the time. Rejects with `signal.reason` when aborted. */
  sleep(timeMs: number, options?: { readonly signal?: AbortSignal | undefined }): Promise<void>;
  /** Calls back once after the time. Does not keep the process alive by itself. */
  timer(timeMs: number, callback: () => void): Timer;
  /** Calls back in the next turn of the event loop, after pending I/O and timers. */
  nextTurn(callback: () => void): void;
}
