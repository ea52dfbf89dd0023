import { complianceSuite } from 'fluxnet-core/compliance';
import { describe, it } from 'vitest';
import { simulatorEnvironment } from '../../test/support/compliance/simulator.js';

complianceSuite({ describe, it, environment: simulatorEnvironment('A') });
complianceSuite({ describe, it, environment: simulatorEnvironment('C') });
complianceSuite({ describe, it, environment: simulatorEnvironment('C', 'generic') });
