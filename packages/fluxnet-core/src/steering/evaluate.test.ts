import { describe, expect, it } from 'vitest';
import { compileRules } from './compile-rules.js';
import { RuleEvaluator } from './evaluate.js';
import { MAX_RULES } from './layout.js';
import { ruleMatches } from './testing/oracle.js';
import { Random, randomPacket, randomRule } from './testing/random.js';

const LISTS = process.env.FLUXNET_FULL === '1' ? 2000 : 200;
const PACKETS = 100;

describe('RuleEvaluator', () => {
  it(`finds the rule that the obvious way finds, ${LISTS * PACKETS} times`, () => {
    let matched = 0;
    for (let seed = 1; seed <= LISTS; seed++) {
      const random = new Random(seed);
      const rules = Array.from({ length: random.pick([1, 2, 5, 20, 100]) }, () =>
        randomRule(random),
      );
      const evaluator = new RuleEvaluator(compileRules(rules, 'host'));
      for (let i = 0; i < PACKETS; i++) {
        const packet = randomPacket(random);
        const index = rules.findIndex((rule) => ruleMatches(rule, packet));
        evaluator.classify(new DataView(packet.buffer), 0, packet.length);
        const found = evaluator.firstMatch(0);
        if (found !== (index < 0 ? MAX_RULES : index)) {
          expect({ seed, i, found, packet: Buffer.from(packet).toString('hex') }).toBe(index);
        }
        if (index >= 0) matched++;
      }
    }
    // Rules and packets meet often enough to say something.
    expect(matched).toBeGreaterThan(LISTS * PACKETS * 0.3);
    expect(matched).toBeLessThan(LISTS * PACKETS * 0.9);
  });
});
