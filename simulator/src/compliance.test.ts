import { complianceSuite, type TestFramework } from 'fluxnet-core/compliance';
import { describe, it } from 'vitest';
import { simulatorEnvironment } from '../../test/support/compliance/simulator.js';
import { pending } from '../../test/support/compliance/simulator-pending.js';

const framework: TestFramework = {
  describe,
  // What is pending must fail: a case that passes has to leave the list.
  it: (name, test) => (pending.has(name) ? it.fails(name, test) : it(name, test)),
};

complianceSuite({ ...framework, environment: simulatorEnvironment('A') });
complianceSuite({ ...framework, environment: simulatorEnvironment('C') });
complianceSuite({ ...framework, environment: simulatorEnvironment('C', 'generic') });
