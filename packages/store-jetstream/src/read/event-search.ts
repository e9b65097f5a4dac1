import type { Event } from "@aether/core";

/** A search for events by version and id. */
export class EventSearch {
  readonly #wanted: Map<number, string>;
  #isDifferent = false;

  constructor(events: readonly Event[]) {
    this.#wanted = new Map(events.map(({ version, id }) => [version, id]));
  }

  /** True if all events were found, false if another event has one of their versions, `undefined` if not yet known. */
  get verdict(): boolean | undefined {
    if (this.#isDifferent) return false;
    return this.#wanted.size === 0 ? true : undefined;
  }

  add(found: readonly Event[]): void {
    for (const { version, id } of found) {
      const wanted = this.#wanted.get(version);
      if (wanted === undefined) continue;
      if (wanted !== id) this.#isDifferent = true;
      this.#wanted.delete(version);
    }
  }
}
