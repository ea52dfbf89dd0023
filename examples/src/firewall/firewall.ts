import type { Batch, BatchHandler } from 'fluxnet';
import type { Clock } from 'fluxnet-core';
import { decodeLayers, Layers, StopReason, stopReasonName } from 'fluxnet-proto';
import type { Rule } from './rules.js';

/** What a packet with a field that is not there, or a rule that does not ask, has instead. */
const ANY = -1;

export interface RuleCounts {
  readonly name: string;
  readonly allowed: number;
  readonly dropped: number;
}

/** A stateless packet filter between port 0 (clients) and port 1 (servers). */
export class Firewall {
  readonly #rules: readonly Rule[];
  readonly #clock: Clock;
  /** One row of four numbers per rule: etherType, ipProtocol, srcPort, dstPort. */
  readonly #criteria: Int32Array;
  readonly #tokens: Float64Array;
  readonly #allowed: Float64Array;
  readonly #dropped: Float64Array;
  readonly #malformed = new Float64Array(32);
  readonly #layers = new Layers();
  #refilledAt: number;

  constructor(rules: readonly Rule[], clock: Clock) {
    this.#rules = rules;
    this.#clock = clock;
    this.#refilledAt = clock.now();
    this.#criteria = Int32Array.from(
      rules.flatMap((rule) => [
        rule.etherType ?? ANY,
        rule.ipProtocol ?? ANY,
        rule.srcPort ?? ANY,
        rule.dstPort ?? ANY,
      ]),
    );
    this.#tokens = Float64Array.from(rules, (rule) => rule.packetsPerSecond ?? Infinity);
    // One more than there are rules: the default, which drops.
    this.#allowed = new Float64Array(rules.length + 1);
    this.#dropped = new Float64Array(rules.length + 1);
  }

  /** To be given to `FluxEngine.open`. */
  readonly handler: BatchHandler = (batch) => {
    this.#refill();
    const egress = batch.port === 0 ? 1 : 0;
    for (let i = 0; i < batch.count; i++) {
      if (this.#passes(batch, i)) batch.forward(i, egress);
    }
  };

  /** Packets by rule; the last entry is `default`, what no rule matched. */
  counts(): RuleCounts[] {
    return [...this.#rules.map((rule) => rule.name), 'default'].map((name, i) => ({
      name,
      allowed: this.#allowed[i]!,
      dropped: this.#dropped[i]!,
    }));
  }

  /** Packets that were dropped because their headers make no sense, by what is wrong. */
  malformed(): Record<string, number> {
    const counts: Record<string, number> = {};
    this.#malformed.forEach((count, reason) => {
      if (count > 0) counts[stopReasonName(reason as StopReason)] = count;
    });
    return counts;
  }

  #passes(batch: Batch, i: number): boolean {
    const layers = this.#layers;
    const reason = decodeLayers(batch.view, batch.offset(i), batch.length(i), layers);
    if (isMalformed(reason)) {
      this.#malformed[reason]!++;
      return false;
    }
    const rule = this.#match(layers);
    if (this.#rules[rule]?.action === 'allow' && this.#tokens[rule]! >= 1) {
      this.#tokens[rule]! -= 1;
      this.#allowed[rule]!++;
      return true;
    }
    this.#dropped[rule]!++;
    return false;
  }

  /** Index of the first rule that matches, or of the default. */
  #match(layers: Layers): number {
    const criteria = this.#criteria;
    const count = this.#rules.length;
    for (let rule = 0, at = 0; rule < count; rule++, at += 4) {
      if (
        (criteria[at] === ANY || criteria[at] === layers.etherType) &&
        (criteria[at + 1] === ANY || criteria[at + 1] === layers.ipProtocol) &&
        (criteria[at + 2] === ANY || criteria[at + 2] === layers.srcPort) &&
        (criteria[at + 3] === ANY || criteria[at + 3] === layers.dstPort)
      ) {
        return rule;
      }
    }
    return count;
  }

  /** Once per batch: a second's worth of packets may be saved up, no more. */
  #refill(): void {
    const now = this.#clock.now();
    const elapsedMs = now - this.#refilledAt;
    this.#refilledAt = now;
    for (let rule = 0; rule < this.#rules.length; rule++) {
      const limit = this.#rules[rule]!.packetsPerSecond;
      if (limit === undefined) continue;
      this.#tokens[rule] = Math.min(limit, this.#tokens[rule]! + (limit * elapsedMs) / 1000);
    }
  }
}

/** A protocol that the decoder does not know is no fault: the rules decide about it. */
function isMalformed(reason: StopReason): boolean {
  return (
    reason !== StopReason.none &&
    reason !== StopReason.unknownEtherType &&
    reason !== StopReason.unknownProtocol &&
    reason !== StopReason.fragment
  );
}
