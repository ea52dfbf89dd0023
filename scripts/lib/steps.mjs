// @ts-check
import { SetupError } from './errors.mjs';

/** In the order they are done. */
export const STEPS = /** @type {const} */ ([
  'npm',
  'system',
  'vendor',
  'native',
  'baseline',
  'typescript',
]);

/** Steps that concern the kernel side; the simulator does without them. */
const KERNEL_STEPS = ['system', 'vendor', 'native', 'baseline'];

/** Names that stand for several steps. @type {Record<string, string[]>} */
const GROUPS = { build: ['vendor', 'native', 'baseline', 'typescript'] };

/** Everything `--only` accepts. */
export const STEP_NAMES = [...STEPS, ...Object.keys(GROUPS)];

/**
 * Which steps to do; `skipped` says why some are not, where that is not by request.
 * @param {{ simulator?: boolean, only?: string, platform?: string }} options
 * @returns {{ steps: string[], skipped?: string }}
 */
export function planSteps({ simulator = false, only, platform = process.platform }) {
  const asked = only === undefined ? [...STEPS] : (GROUPS[only] ?? [only]);
  const unknown = asked.find((name) => !STEP_NAMES.includes(name));
  if (unknown) {
    throw new SetupError(`unknown step ${unknown}`, `the steps are ${STEP_NAMES.join(', ')}`);
  }
  const withoutKernel = asked.filter((name) => !KERNEL_STEPS.includes(name));
  if (simulator) return { steps: withoutKernel };
  if (platform === 'linux') return { steps: asked };
  return {
    steps: withoutKernel,
    skipped: `AF_XDP is Linux's; on ${platform} only the simulator is set up`,
  };
}
