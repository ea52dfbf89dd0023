import { parseArgs } from 'node:util';
import { FluxError } from 'fluxnet';

export interface BenchOptions {
  readonly quick: boolean;
  readonly json: boolean;
  readonly help: boolean;
  /** A part of the names of the cases to run. */
  readonly filter: string;
}

export const HELP = `Usage: npm run bench -- [flags]

Measures fluxnet against a C program that does the same in the same run (docs/bench.md).

  --quick          fewer and shorter slices: under two minutes
  --filter <name>  only cases whose name contains this, such as veth or ring.pass
  --json           one JSON array on standard output instead of the table
  --help           this text
`;

/** @throws {FluxError} `FLUX_UNKNOWN_OPTION`, `FLUX_INVALID_OPTION` */
export function parseOptions(argv: readonly string[]): BenchOptions {
  try {
    const { values } = parseArgs({
      args: [...argv],
      allowPositionals: false,
      options: {
        quick: { type: 'boolean', default: false },
        json: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
        filter: { type: 'string', default: '' },
      },
    });
    return values;
  } catch (cause) {
    const { code, message } = cause as { code?: string; message: string };
    const unknown = code === 'ERR_PARSE_ARGS_UNKNOWN_OPTION';
    throw new FluxError(
      unknown ? 'FLUX_UNKNOWN_OPTION' : 'FLUX_INVALID_OPTION',
      message.split('. ')[0]!,
      { cause, hint: 'npm run bench -- --help lists the flags' },
    );
  }
}
