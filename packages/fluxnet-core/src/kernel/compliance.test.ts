import { describe, it } from 'vitest';
import { kernelEnvironment } from '../../../../test/support/compliance/kernel.js';
import { hasKernel } from '../../../../test/support/kernel.js';
import { complianceSuite } from '../compliance/index.js';

describe.runIf(hasKernel)('[kernel]', () => {
  complianceSuite({ describe, it, environment: kernelEnvironment('generic') });
  complianceSuite({ describe, it, environment: kernelEnvironment('native') });
});
