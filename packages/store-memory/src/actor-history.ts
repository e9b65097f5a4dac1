import type { Event } from "@aether/core";
import { conflictOf } from "@aether/store-kit";

/** Events of one actor, in version order. */
export class ActorHistory<E extends Event> {
  readonly #events: E[] = [];
  /** Frozen copy of all events. The first read of all events after an append creates it. */
  #whole: readonly E[] | undefined;

  get latestVersion(): number {
    return this.#events.at(-1)?.version ?? 0;
  }

  get length(): number {
    return this.#events.length;
  }

  at(index: number): E | undefined {
    return this.#events[index];
  }

  /** Appends events in version order: either all of them or none. Throws `AETHER_VERSION_CONFLICT`. */
  append(events: readonly E[]): void {
    const conflict = conflictOf(events, this.latestVersion, (version) => this.#at(version)?.id);
    if (conflict !== undefined) throw conflict;
    this.#whole = undefined;
    for (const event of events) this.#events.push(event);
  }

  /** Returns the events whose version is at least `version`, as a frozen array. */
  from(version: number): readonly E[] {
    const first = this.indexFrom(version);
    if (first > 0) return Object.freeze(this.#events.slice(first));
    this.#whole ??= Object.freeze(this.#events.slice());
    return this.#whole;
  }

  /**
   * Returns the index of the first event whose version is at least `version`, or `length` if there is none. Versions
   * may have gaps.
   */
  indexFrom(version: number): number {
    if (version <= 1) return 0;
    let low = 0;
    let high = this.#events.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#events[middle]?.version ?? 0) < version) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #at(version: number): E | undefined {
    const event = this.#events[this.indexFrom(version)];
    return event?.version === version ? event : undefined;
  }
}
