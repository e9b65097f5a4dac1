import { type Event, type Position, type SaveReceipt, VersionConflictError } from "@aether/core";

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
  append(events: readonly E[], nextPosition: () => Position): readonly SaveReceipt[] {
    const first = events[0];
    if (first !== undefined && first.version <= this.latestVersion) {
      throw new VersionConflictError({
        actorId: first.actorId,
        attemptedVersion: first.version,
        currentVersion: this.latestVersion,
        sameEvent: events.every((event) => this.#has(event)),
      });
    }
    this.#whole = undefined;
    return events.map((event) => {
      this.#events.push(event);
      return { id: event.id, version: event.version, timestamp: event.timestamp, position: nextPosition() };
    });
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

  #has(event: E): boolean {
    const stored = this.#events[this.indexFrom(event.version)];
    return stored?.version === event.version && stored.id === event.id;
  }
}
