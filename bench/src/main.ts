import { isFluxError } from 'fluxnet';
import { HELP, parseOptions } from './options.js';
import { runBench } from './run.js';

try {
  const options = parseOptions(process.argv.slice(2));
  if (options.help) process.stdout.write(HELP);
  else await runBench(options);
} catch (error) {
  // A FluxError says it all in its message; anything else is a bug and needs its stack.
  process.stderr.write(`${isFluxError(error) ? error.message : (error as Error).stack}\n`);
  process.exitCode = 1;
}
