/** What this package throws on purpose, beside `RangeError` for arguments that cannot be. */

export type ProtoErrorCode =
  | 'FLUX_CAPTURE_MALFORMED'
  | 'FLUX_CAPTURE_TRUNCATED'
  | 'FLUX_FILTER_SYNTAX';

export interface ProtoErrorDetails {
  /** The next thing to do. */
  readonly hint?: string | undefined;
  /** Where: `{ offset }` in a capture, `{ position, expression }` in a filter. */
  readonly context: Readonly<Record<string, unknown>>;
}

/**
 * A `FluxError` as `isFluxError` of the other packages knows it: by name and code. The class is
 * this package's own because it depends on none.
 */
export class ProtoError extends Error {
  override readonly name = 'FluxError';
  readonly code: ProtoErrorCode;
  readonly hint: string | undefined;
  readonly context: Readonly<Record<string, unknown>>;

  constructor(code: ProtoErrorCode, message: string, { hint, context }: ProtoErrorDetails) {
    super(`[${code}] ${message}${hint === undefined ? '' : `\n  hint: ${hint}`}`);
    this.code = code;
    this.hint = hint;
    this.context = context;
  }
}
