import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { FluxError } from 'fluxnet';

const execute = promisify(execFile);
/** A login without root's PATH may still be root. */
export const toolEnvironment = { ...process.env, PATH: `${process.env.PATH}:/usr/sbin:/sbin` };

/** Runs a system tool and returns what it printed. @throws {FluxError} `FLUX_SYSCALL` */
export async function runTool(tool: string, args: readonly string[]): Promise<string> {
  try {
    return (await execute(tool, args, { env: toolEnvironment })).stdout;
  } catch (cause) {
    const { stderr = '', code } = cause as { stderr?: string; code?: string | number };
    throw new FluxError(
      'FLUX_SYSCALL',
      `${tool} ${args.join(' ')} failed: ${stderr.trim() || code}`,
      code === 'ENOENT' ? { cause, hint: `install ${tool}` } : { cause },
    );
  }
}

/** `ip`, with its arguments in one string. */
export function ip(command: string): Promise<string> {
  return runTool('ip', command.split(' '));
}
