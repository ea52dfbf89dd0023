// @ts-check

/** A failure the user can act on: what happened and what to do next, without a stack. */
export class SetupError extends Error {
  /**
   * @param {string} message
   * @param {string} [hint] what to do next
   * @param {string} [log] the end of what a failed command said
   */
  constructor(message, hint, log) {
    super(message);
    this.name = 'SetupError';
    this.hint = hint;
    this.log = log;
  }
}

/**
 * Runs a script's main function; an expected failure is told in plain words, anything else is a
 * defect and keeps its stack.
 * @param {() => Promise<number | void> | number | void} main returns the exit code
 */
export async function runMain(main) {
  try {
    process.exitCode = (await main()) ?? 0;
  } catch (error) {
    process.exitCode = 1;
    if (!(error instanceof SetupError)) throw error;
    process.stderr.write(describeFailure(error));
  }
}

/** @param {SetupError} error */
export function describeFailure({ message, hint, log }) {
  const before = log ? `${log}\n\n` : '';
  const after = hint ? `  → ${hint}\n` : '';
  return `${before}✗ ${message}\n${after}`;
}
