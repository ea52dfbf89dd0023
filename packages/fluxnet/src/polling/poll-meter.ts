/** Slots of a loop's own figures. Milliseconds where a name ends in Ms. */
const Slot = {
  state: 0,
  passes: 1,
  emptyPasses: 2,
  turns: 3,
  sleeps: 4,
  workMs: 5,
  spinMs: 6,
  sleepMs: 7,
  longestTurnMs: 8,
  longestGapMs: 9,
} as const;

export const POLL_METER_SLOTS = Object.keys(Slot).length;

/** What a loop is doing: nothing, running, asleep until something happens. */
export const PollState = { stopped: 0, running: 1, sleeping: 2 } as const;

export interface PollerStats {
  readonly state: 'stopped' | 'running' | 'sleeping';
  /** Looks at all queues; and those that found nothing. */
  readonly passes: number;
  readonly emptyPasses: number;
  /** Times that the loop got the thread. */
  readonly turns: number;
  /** Times that it went to sleep: each is one watch per socket, or one `poll(2)`. */
  readonly sleeps: number;
  /** Time in passes that found something, in those that did not, and asleep. */
  readonly workMs: number;
  readonly spinMs: number;
  readonly sleepMs: number;
  /** Longest time that the loop kept the thread, and that it had to wait for it while awake. */
  readonly longestTurnMs: number;
  readonly longestGapMs: number;
}

/** Where a loop's time goes. Costs one look at the clock per pass and allocates nothing. */
export class PollMeter {
  readonly #slots: Float64Array;
  #mark = 0;
  #turnBegan = 0;

  constructor(slots = new Float64Array(POLL_METER_SLOTS)) {
    this.#slots = slots;
  }

  /** The loop has the thread. Returns `now`. */
  turn(now: number): number {
    const slots = this.#slots;
    const waited = now - this.#mark;
    if (slots[Slot.state] === PollState.sleeping) slots[Slot.sleepMs]! += waited;
    else if (slots[Slot.state] === PollState.running) {
      if (waited > slots[Slot.longestGapMs]!) slots[Slot.longestGapMs] = waited;
    }
    slots[Slot.state] = PollState.running;
    slots[Slot.turns]!++;
    this.#mark = now;
    this.#turnBegan = now;
    return now;
  }

  /** A pass has ended. Returns `now`. */
  pass(now: number, found: boolean): number {
    const slots = this.#slots;
    slots[Slot.passes]!++;
    if (found) {
      slots[Slot.workMs]! += now - this.#mark;
    } else {
      slots[Slot.emptyPasses]!++;
      slots[Slot.spinMs]! += now - this.#mark;
    }
    this.#mark = now;
    return now;
  }

  /** The loop gives the thread away: to come back at once, when woken, or not at all. */
  yields(state: (typeof PollState)[keyof typeof PollState]): void {
    const slots = this.#slots;
    slots[Slot.state] = state;
    if (state === PollState.sleeping) slots[Slot.sleeps]!++;
    const turnMs = this.#mark - this.#turnBegan;
    if (turnMs > slots[Slot.longestTurnMs]!) slots[Slot.longestTurnMs] = turnMs;
  }
}

/** A snapshot of a meter's slots. */
export function pollerStats(slots: Float64Array): PollerStats {
  const { state, ...rest } = Slot;
  const names = ['stopped', 'running', 'sleeping'] as const;
  const values = Object.fromEntries(
    Object.entries(rest).map(([name, slot]) => [name, slots[slot]!]),
  ) as unknown as Omit<PollerStats, 'state'>;
  return { state: names[slots[state]!]!, ...values };
}
