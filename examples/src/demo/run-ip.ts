import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { FluxError } from 'fluxnet';

/** A login without root's PATH may still be root. */
const env = { ...process.env, PATH: `${process.env.PATH}:/usr/sbin:/sbin` };

/** Runs a system tool and returns what it printed. */
export async function runTool(tool: string, args: readonly string[]): Promise<string> {
  const child = spawn(tool, args, {
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
    // A group of its own: Ctrl-C must not end a clean-up command half-way.
    detached: true,
  });
  const ended = new Promise<string>((resolve) => {
    child.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    child.once('close', (code, signal) => resolve(code === 0 ? '' : (signal ?? `exit ${code}`)));
  });
  const [stdout, stderr, failure] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    ended,
  ]);
  if (failure === '') return stdout;
  throw new FluxError(
    'FLUX_SYSCALL',
    `${tool} ${args.join(' ')} failed: ${stderr.trim() || failure}`,
    { hint: failure === 'ENOENT' ? `install ${tool}` : 'run it by hand to see more' },
  );
}

/** `ip`, with its arguments in one string. */
export function ip(command: string): Promise<string> {
  return runTool('ip', command.split(' '));
}
