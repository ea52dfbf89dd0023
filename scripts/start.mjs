// @ts-check
/** What `npm start` does: set-up, then the main job, a live firewall on AF_XDP. */
import { helpText } from './lib/args.mjs';
import { runMain } from './lib/errors.mjs';
import { parseStartOptions, START_FLAGS } from './lib/start-options.mjs';
import { setup } from './setup.mjs';

const INTRO = `Usage: npm start -- [flags]

A firewall in TypeScript, on AF_XDP, between two network namespaces with real traffic.`;

await runMain(async () => {
  const { help, system, demo } = parseStartOptions(process.argv.slice(2));
  if (help) {
    process.stdout.write(helpText(INTRO, START_FLAGS));
    return 0;
  }
  // Without root there is neither a kernel run nor a way to install what it would need.
  const rootless = demo.backend === 'auto' && process.getuid?.() !== 0;
  await setup({ simulator: demo.backend === 'simulator' || rootless, system });
  // Built by the set-up just now, hence not a static import.
  const { runDemo } = await import('../examples/dist/demo/main.js');
  return runDemo(demo);
});
