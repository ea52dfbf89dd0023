/** Something that happens at a moment of virtual time. */
export interface ScheduledEvent {
  readonly timeNs: number;
  /** Order among events of the same moment: first scheduled, first run. */
  readonly sequence: number;
  readonly run: () => void;
  cancelled: boolean;
}

function isBefore(a: ScheduledEvent, b: ScheduledEvent): boolean {
  return a.timeNs !== b.timeNs ? a.timeNs < b.timeNs : a.sequence < b.sequence;
}

/** A binary min-heap over (time, sequence). Cancelled events are skipped when they surface. */
export class EventHeap {
  readonly #events: ScheduledEvent[] = [];

  push(event: ScheduledEvent): void {
    const events = this.#events;
    let index = events.length;
    events.push(event);
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (!isBefore(event, events[parent]!)) break;
      events[index] = events[parent]!;
      index = parent;
    }
    events[index] = event;
  }

  /** The next event that will run, left in the heap. */
  peek(): ScheduledEvent | undefined {
    while (this.#events[0]?.cancelled === true) this.#removeFirst();
    return this.#events[0];
  }

  pop(): ScheduledEvent | undefined {
    const first = this.peek();
    if (first !== undefined) this.#removeFirst();
    return first;
  }

  #removeFirst(): void {
    const events = this.#events;
    const last = events.pop()!;
    const length = events.length;
    if (length === 0) return;
    let index = 0;
    for (;;) {
      let child = 2 * index + 1;
      if (child >= length) break;
      if (child + 1 < length && isBefore(events[child + 1]!, events[child]!)) child++;
      if (!isBefore(events[child]!, last)) break;
      events[index] = events[child]!;
      index = child;
    }
    events[index] = last;
  }
}
