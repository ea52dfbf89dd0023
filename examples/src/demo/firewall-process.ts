import { FluxEngine, kernelBackend } from 'fluxnet';
import { Firewall } from '../firewall/firewall.js';
import { demoRules } from '../firewall/rules.js';
import type { FirewallSnapshot } from './report.js';
import { sendEvent, serveParent } from './serve-parent.js';

/** The firewall of the demonstration, in the namespace between client and server. */
const SNAPSHOT_INTERVAL_MS = 250;

let engine: FluxEngine | undefined;
let snapshots: NodeJS.Timeout | undefined;
const firewall = new Firewall(demoRules, kernelBackend.clock);

function snapshot(): FirewallSnapshot {
  return {
    engine: engine!.stats(),
    rules: firewall.counts(),
    malformed: firewall.malformed(),
  };
}

serveParent(
  {
    open: async () => {
      engine = await FluxEngine.open({
        backend: kernelBackend,
        ports: [{ ifname: 'fw0' }, { ifname: 'fw1' }],
        handler: firewall.handler,
      });
      engine.run().catch((error: Error) => {
        process.stderr.write(`${error.message}\n`);
        process.exit(1);
      });
      snapshots = setInterval(() => sendEvent(snapshot()), SNAPSHOT_INTERVAL_MS);
      return engine.effective;
    },
    snapshot,
  },
  () => {
    clearInterval(snapshots);
    return engine?.close();
  },
);
