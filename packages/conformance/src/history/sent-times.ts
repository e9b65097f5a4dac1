import { keyOf, mayHaveStored } from "./actor-history.ts";
import type { RecordedEvent, RecordedSave } from "./history.ts";

/** The times when the events of one actor were first sent by calls that may have stored them. */
export class SentTimes {
  readonly #times = new Map<string, number>();

  constructor(saves: readonly RecordedSave[]) {
    for (const { events, startedAt } of saves.filter(mayHaveStored)) {
      for (const event of events) {
        const key = keyOf(event);
        this.#times.set(key, Math.min(startedAt, this.#times.get(key) ?? startedAt));
      }
    }
  }

  /** Returns the time, or `undefined` if no call may have stored the event. */
  of(event: RecordedEvent): number | undefined {
    return this.#times.get(keyOf(event));
  }

  /** Returns the earliest time at which an event can have been stored, even if no call may have stored it. */
  earliest(event: RecordedEvent): number {
    return this.of(event) ?? Number.NEGATIVE_INFINITY;
  }
}
