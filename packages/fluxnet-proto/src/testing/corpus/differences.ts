/** Where the views and tshark differ, by capture or `capture#packet`, with the reason. */
export interface Explanation {
  /** Beginnings of field names. */
  readonly fields: readonly string[];
  readonly reason: string;
}

export const differences: Readonly<Record<string, Explanation>> = {};
