import type {
  FamilyTraffic,
  LoadPrefixesOptions,
  QueueTraffic,
  Steering,
  SteeringCounters,
  SteeringOptions,
  Traffic,
} from '../contract/steering.js';
import type { XdpFrame, XdpVerdict } from '../contract/xdp-function.js';
import { compileRules } from './compile-rules.js';
import { RuleEvaluator } from './evaluate.js';
import { actionNumbers, MAX_RULES, MAX_SAMPLING_RULES } from './layout.js';
import { PrefixModel, type PrefixVerdict } from './prefix-model.js';
import type { SteeringAction, SteeringRule } from './rule.js';
import { checkAction, checkSteering } from './steering-options.js';

interface Counted {
  packets: number;
  bytes: number;
}

interface CountedRule extends Counted {
  seen: number;
}

/**
 * The steering program for a simulated kernel: native/bpf/steering.bpf.c over the same compiled
 * rules, on one CPU.
 */
export class SteeringModel implements Steering {
  #rules: readonly SteeringRule[];
  #defaultAction: SteeringAction;
  #evaluator: RuleEvaluator;
  #ruleTraffic: CountedRule[];
  #defaultTraffic = count();
  readonly #prefixes: PrefixModel;
  readonly #sets = { block: families(), allow: families() };
  readonly #queues: Record<keyof QueueTraffic, Counted>[];
  #viewed: ArrayBufferLike | undefined;
  #view: DataView = new DataView(new ArrayBuffer(0));

  /** @throws {FluxError} `FLUX_INVALID_OPTION`, `FLUX_UNKNOWN_OPTION` */
  constructor(path: string, options: SteeringOptions, maxQueues: number) {
    const checked = checkSteering(path, options);
    this.#rules = checked.rules;
    this.#defaultAction = checked.defaultAction;
    this.#evaluator = new RuleEvaluator(checked.compiled);
    this.#ruleTraffic = checked.rules.map(() => ({ ...count(), seen: 0 }));
    this.#prefixes = new PrefixModel(checked.maxPrefixes);
    this.#queues = Array.from({ length: maxQueues }, () => ({
      host: count(),
      socket: count(),
      drop: count(),
      unbound: count(),
    }));
  }

  /** The program: an `XdpFunction`. */
  readonly run = (frame: XdpFrame, queueId: number): XdpVerdict => {
    const { length } = frame;
    const view = this.#viewOf(frame.bytes);
    const evaluator = this.#evaluator;
    evaluator.classify(view, frame.bytes.byteOffset + frame.offset, length);
    const verdict = this.#prefixVerdict(view);
    if (verdict !== undefined) {
      add(this.#sets[verdict][evaluator.fields.family === 4 ? 'v4' : 'v6'], length);
      if (verdict === 'block') return this.#finish(frame, queueId, actionNumbers.drop);
    }
    const rule = this.#firstTaken(length);
    if (rule < MAX_RULES) return this.#finish(frame, queueId, evaluator.action(rule));
    add(this.#defaultTraffic, length);
    return this.#finish(frame, queueId, evaluator.defaultAction);
  };

  #viewOf(bytes: Uint8Array): DataView {
    if (this.#viewed !== bytes.buffer) {
      this.#viewed = bytes.buffer;
      this.#view = new DataView(bytes.buffer);
    }
    return this.#view;
  }

  #prefixVerdict(view: DataView): PrefixVerdict | undefined {
    const { family, addressOffset } = this.#evaluator.fields;
    return family === 0 ? undefined : this.#prefixes.lookUp(family, view, addressOffset);
  }

  #firstTaken(length: number): number {
    const evaluator = this.#evaluator;
    let rule = evaluator.ruleCount === 0 ? MAX_RULES : evaluator.firstMatch(0);
    for (let i = 0; i <= MAX_SAMPLING_RULES && rule < MAX_RULES; i++) {
      const traffic = this.#ruleTraffic[rule]!;
      const taken = traffic.seen++ % Math.max(evaluator.sample(rule), 1) === 0;
      if (taken) {
        add(traffic, length);
        return rule;
      }
      rule = evaluator.firstMatch(rule + 1);
    }
    return MAX_RULES;
  }

  #finish(frame: XdpFrame, queueId: number, action: number): XdpVerdict {
    const { length } = frame;
    const queue = this.#queues[Math.min(queueId, this.#queues.length - 1)]!;
    if (action === actionNumbers.drop) {
      add(queue.drop, length);
      return 'drop';
    }
    if (action === actionNumbers.host) {
      add(queue.host, length);
      return 'pass';
    }
    const verdict = frame.redirect(queueId, 'pass');
    add(verdict === 'redirect' ? queue.socket : queue.unbound, length);
    return verdict;
  }

  get rules(): readonly SteeringRule[] {
    return this.#rules;
  }

  get defaultAction(): SteeringAction {
    return this.#defaultAction;
  }

  async set(
    rules: readonly SteeringRule[],
    options: { readonly defaultAction?: SteeringAction | undefined } = {},
  ): Promise<void> {
    const defaultAction = checkAction(
      'defaultAction',
      options.defaultAction ?? this.#defaultAction,
    );
    this.#evaluator = new RuleEvaluator(compileRules(rules, defaultAction));
    this.#rules = [...rules];
    this.#defaultAction = defaultAction;
    this.#ruleTraffic = rules.map(() => ({ ...count(), seen: 0 }));
    this.#defaultTraffic = count();
  }

  block(prefixes: Iterable<string>, options?: LoadPrefixesOptions): Promise<number> {
    return this.#prefixes.put(prefixes, 'block', options);
  }

  allow(prefixes: Iterable<string>, options?: LoadPrefixesOptions): Promise<number> {
    return this.#prefixes.put(prefixes, 'allow', options);
  }

  unblock(prefixes: Iterable<string>, options?: LoadPrefixesOptions): Promise<number> {
    return this.#prefixes.remove(prefixes, options);
  }

  counters(): SteeringCounters {
    const copy = ({ packets, bytes }: Counted): Traffic => ({ packets, bytes });
    const ofSet = (set: Record<keyof FamilyTraffic, Counted>) => ({
      v4: copy(set.v4),
      v6: copy(set.v6),
    });
    return {
      rules: this.#ruleTraffic.map((traffic, index) => ({
        name: this.#rules[index]!.name,
        ...traffic,
      })),
      default: copy(this.#defaultTraffic),
      sets: { blocked: ofSet(this.#sets.block), allowed: ofSet(this.#sets.allow) },
      queues: this.#queues.map(({ host, socket, drop, unbound }) => ({
        host: copy(host),
        socket: copy(socket),
        drop: copy(drop),
        unbound: copy(unbound),
      })),
    };
  }
}

function count(): Counted {
  return { packets: 0, bytes: 0 };
}

function families() {
  return { v4: count(), v6: count() };
}

function add(traffic: Counted, bytes: number): void {
  traffic.packets++;
  traffic.bytes += bytes;
}
