/** A worker that is a cooperative task of this isolate. */
export interface Task {
  readonly name: string;
  readonly running: boolean;
  /** Settles as the function does; also when it was stopped. */
  readonly done: Promise<void>;
  /** Aborts the signal that the function was given. Idempotent. */
  stop(): void;
}
