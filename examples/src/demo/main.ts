import type { Effective } from 'fluxnet';
import { isFluxError } from 'fluxnet';
import { brokenPromises } from './build-report.js';
import { whyNotKernel } from './choose-backend.js';
import { runOnKernel } from './kernel-run.js';
import type { FirewallSnapshot, Report } from './report.js';
import { Screen } from './screen.js';
import { runOnSimulator } from './simulator-run.js';
import { summaryLines } from './summary.js';
import { tableLines } from './table.js';

export interface DemoOptions {
  readonly seconds: number;
  /** One JSON object at the end, and nothing else on standard output. */
  readonly json: boolean;
  /** `auto`: the kernel, or the simulator where rights or the platform are missing. */
  readonly backend: 'auto' | 'kernel' | 'simulator';
}

/**
 * The main job of fluxnet: a firewall with real traffic through it, watched. Ctrl-C ends it early
 * and in order. Returns the exit code: 0 when everything came true that it promises.
 */
export async function runDemo(options: DemoOptions): Promise<number> {
  try {
    return await run(options);
  } catch (error) {
    // A FluxError says it all in its message; anything else is a bug and needs its stack.
    say(isFluxError(error) ? error.message : String((error as Error).stack));
    return 1;
  }
}

async function run(options: DemoOptions): Promise<number> {
  const screen = new Screen(process.stdout, !options.json);
  const interrupted = new AbortController();
  // Again and again: a second Ctrl-C must not end the clean-up half-way.
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(name, () => interrupted.abort());
  }
  // A reader that went away (`npm start | head`) ends the run as Ctrl-C does.
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', () => interrupted.abort());
  }
  const reason = options.backend === 'auto' ? whyNotKernel() : '';
  if (reason !== '') say(`using the simulator: ${reason}`);
  const simulated = options.backend === 'simulator' || reason !== '';
  const ended = await (simulated ? runOnSimulator : runOnKernel)({
    seconds: options.seconds,
    signal: interrupted.signal,
    onStep: say,
    onSnapshot: liveTable(screen),
  });
  const report: Report = simulated ? { ...ended, simulatorReason: reason } : ended;

  if (options.json) process.stdout.write(`${JSON.stringify(report)}\n`);
  else screen.print(summaryLines(report));
  const broken = brokenPromises(report);
  for (const promise of broken) say(`not so: ${promise}`);
  return broken.length === 0 ? 0 : 1;
}

function liveTable(screen: Screen): (snapshot: FirewallSnapshot, effective: Effective) => void {
  let previous: FirewallSnapshot | undefined;
  let drawnAt = performance.now();
  return (snapshot, effective) => {
    const now = performance.now();
    screen.draw(tableLines(snapshot, previous, now - drawnAt, effective));
    previous = snapshot;
    drawnAt = now;
  };
}

function say(text: string): void {
  process.stderr.write(`${text}\n`);
}
