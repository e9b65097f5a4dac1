/** Number of seconds over which the rate is measured. */
const RATE_SECONDS = 5;

/** The counters of a processor. */
export class Counters {
  failedAttempts = 0;
  parkings = 0;
  skippedRecords = 0;
  takeovers = 0;
  lostLeases = 0;
  #handledEvents = 0;
  /** Handled events by second, and the second of each entry. */
  readonly #bySecond = Array.from({ length: RATE_SECONDS + 1 }, () => ({ second: -1, events: 0 }));

  get handledEvents(): number {
    return this.#handledEvents;
  }

  handled(events: number): void {
    this.#handledEvents += events;
  }

  /** Notes the number of handled events at a time, so that the rate can be computed. */
  sample(nowMs: number): void {
    const second = Math.floor(nowMs / 1_000);
    const slot = this.#bySecond[second % this.#bySecond.length];
    if (slot !== undefined && slot.second !== second) Object.assign(slot, { second, events: this.#handledEvents });
  }

  /** Number of events per second, over the last seconds. */
  rate(nowMs: number): number {
    const second = Math.floor(nowMs / 1_000);
    const known = this.#bySecond.filter((slot) => slot.second >= second - RATE_SECONDS && slot.second >= 0);
    const first = known.reduce((oldest, slot) => (slot.second < oldest.second ? slot : oldest), {
      second: Number.POSITIVE_INFINITY,
      events: 0,
    });
    const seconds = nowMs / 1_000 - first.second;
    return seconds > 0 && Number.isFinite(seconds) ? (this.#handledEvents - first.events) / seconds : 0;
  }
}
